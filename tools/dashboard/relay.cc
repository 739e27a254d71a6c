#include "tools/dashboard/relay.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "fusebox/registry/breaker_name.h"
#include "tools/admin/name_of.h"
#include "tools/dashboard/bounded_json.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;

constexpr size_t kMaxGone = 4096;

BreakerName BoundedName(v1::BreakerName name) {
  Bound(&name);
  return NameOf(name);
}

}  // namespace

Relay::Relay(const std::vector<std::string>& addresses, size_t max_cards,
             const Clock& clock)
    : max_cards_(max_cards), clock_(clock), start_(clock.Now()) {
  for (const std::string& address : addresses) Add(address);
}

void Relay::Add(const std::string& address) {
  const MutexLock lock(mu_);
  const size_t index = processes_.size();
  processes_.emplace_back();
  BeginChange(index).address = address;
  EndChange(index);
}

bool Relay::End(size_t index) {
  const MutexLock lock(mu_);
  if (processes_[index].up) return false;
  Process& process = BeginChange(index);
  RemoveAllBut(v1::WatchBreakersResponse(), &process);
  process.ended = true;
  EndChange(index);
  return true;
}

Millis Relay::Now() const {
  return std::chrono::duration_cast<Millis>(clock_.Now() - start_);
}

Relay::Process& Relay::BeginChange(size_t process) {
  ++version_;
  return processes_[process];
}

void Relay::EndChange(size_t index) {
  Process& process = processes_[index];
  const json about = {{"process", index},
                      {"address", Clipped(process.address)},
                      {"up", process.up},
                      {"why", Clipped(process.why)},
                      {"since", process.since.count()},
                      {"at", process.at.count()},
                      {"hidden", process.hidden},
                      {"missedEvents", process.missed_events}};
  // Replaces bytes that are not UTF-8 by U+FFFD.
  process.json = about.dump(-1, ' ', false, json::error_handler_t::replace);
  process.json.pop_back();
  process.json += ",\"info\":" + process.info + "}";
  if (process.ended) {
    process.json = "{\"ended\":" + std::to_string(index) + "}";
  }
  process.version = version_;
  changed_.notify_all();
}

void Relay::Update(size_t index, const v1::WatchBreakersResponse& response) {
  const MutexLock lock(mu_);
  if (processes_[index].ended) return;
  Process& process = BeginChange(index);
  process.at = Now();
  if (!process.up) process.since = process.at;
  process.up = true;
  process.why.clear();
  process.missed_events += response.missed_events();
  if (response.has_process()) {
    const std::string incarnation = Clipped(response.process().incarnation());
    if (process.incarnation != incarnation) ++process.incarnations;
    process.incarnation = incarnation;
    process.info = BoundedJson(response.process());
  }
  TakeBreakers(index, response);
  for (const v1::Event& event : response.events()) AddEvent(event, &process);
  EndChange(index);
}

void Relay::TakeBreakers(size_t index,
                         const v1::WatchBreakersResponse& response) {
  Process& process = processes_[index];
  if (response.snapshot()) {
    process.hidden = false;
    RemoveAllBut(response, &process);
  }
  for (const v1::BreakerName& name : response.gone()) {
    const auto found = process.cards.find(BoundedName(name));
    if (found == process.cards.end()) continue;
    Forget(found->second->id());
    process.cards.erase(found);
  }
  for (const v1::Breaker& breaker : response.breakers()) {
    const BreakerName name = BoundedName(breaker.name());
    auto found = process.cards.find(name);
    if (found == process.cards.end()) {
      if (cards_ >= max_cards_) {
        process.hidden = true;
        continue;
      }
      ++cards_;
      found =
          process.cards.emplace(name, std::make_unique<Card>(++last_id_, index))
              .first;
    }
    found->second->Take(breaker, response.snapshot(), process.at, version_);
  }
}

void Relay::AddEvents(size_t process, const v1::ListEventsResponse& events) {
  const MutexLock lock(mu_);
  if (processes_[process].ended) return;
  Process& changed = BeginChange(process);
  for (const v1::Event& event : events.events()) AddEvent(event, &changed);
  EndChange(process);
}

void Relay::AddEvent(const v1::Event& event, Process* process) {
  if (event.type() != "TRANSITION" && event.type() != "MODE") return;
  const auto found = process->cards.find(BoundedName(event.breaker()));
  if (found == process->cards.end()) return;
  found->second->AddEvent(process->incarnations, event, version_);
}

void Relay::Lose(size_t index, const std::string& why) {
  const MutexLock lock(mu_);
  if (processes_[index].ended) return;
  Process& process = BeginChange(index);
  if (process.up) process.since = Now();
  process.up = false;
  process.why = why;
  EndChange(index);
}

void Relay::RemoveAllBut(const v1::WatchBreakersResponse& snapshot,
                         Process* process) {
  std::set<BreakerName> named;
  for (const v1::Breaker& breaker : snapshot.breakers()) {
    named.insert(BoundedName(breaker.name()));
  }
  for (auto it = process->cards.begin(); it != process->cards.end();) {
    if (named.count(it->first) > 0) {
      ++it;
    } else {
      Forget(it->second->id());
      it = process->cards.erase(it);
    }
  }
}

void Relay::Forget(uint64_t card) {
  --cards_;
  gone_.push_back({version_, card});
  if (gone_.size() > kMaxGone) {
    forgotten_ = gone_.front().version;
    gone_.pop_front();
  }
}

std::string Relay::Newer(Version seen) const {
  const bool snapshot = seen == 0 || seen < forgotten_;
  if (snapshot) seen = 0;
  std::string message = "[{\"now\":" + std::to_string(Now().count()) +
                        ",\"snapshot\":" + (snapshot ? "true" : "false") + "}";
  for (const Process& process : processes_) {
    if (snapshot && process.ended) continue;
    if (process.version > seen) message += "," + process.json;
    for (const auto& entry : process.cards) {
      entry.second->AppendNewer(seen, &message);
    }
  }
  for (const Gone& gone : gone_) {
    if (snapshot || gone.version <= seen) continue;
    message += ",{\"gone\":" + std::to_string(gone.card) + "}";
  }
  return message + "]";
}

template <typename Condition>
void Relay::WaitUntil(Millis at_most, Condition done) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!done() && std::chrono::steady_clock::now() < end) {
    changed_.wait_until(mu_, end);
  }
}

std::optional<std::string> Relay::Wait(Version* seen, Millis at_most) {
  const MutexLock lock(mu_);
  WaitUntil(at_most, [&]() FUSEBOX_REQUIRES(mu_) {
    return closed_ || version_ > *seen;
  });
  if (closed_) return std::nullopt;
  if (version_ <= *seen) return std::string();
  return Newer(std::exchange(*seen, version_));
}

void Relay::Pause(Millis length) {
  const MutexLock lock(mu_);
  WaitUntil(length, [&]() FUSEBOX_REQUIRES(mu_) { return closed_; });
}

void Relay::Close() {
  const MutexLock lock(mu_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace fusebox::tool
