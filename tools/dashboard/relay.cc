#include "tools/dashboard/relay.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fusebox/registry/breaker_name.h"
#include "tools/admin/name_of.h"
#include "tools/dashboard/bounded_json.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;

constexpr size_t kMaxGone = 4096;
constexpr Millis kHour = std::chrono::hours(1);
constexpr Millis kSweep = std::chrono::minutes(1);

bool IsOfConfig(const v1::Event& event) {
  return event.type() == "CONFIG_UPDATED" || event.type() == "CONFIG_REFUSED";
}

}  // namespace

Relay::Relay(const std::vector<std::string>& addresses, Limits limits,
             const Clock& clock)
    : limits_(limits), clock_(clock), start_(clock.Now()) {
  for (const std::string& address : addresses) Add(address);
}

void Relay::Add(const std::string& address) {
  const MutexLock lock(mu_);
  processes_.emplace_back();
  Process& process = BeginChange(processes_.size() - 1);
  process.address = address;
  EndChange(&process);
}

bool Relay::End(size_t index) {
  const MutexLock lock(mu_);
  if (processes_[index].up) return false;
  Process& process = BeginChange(index);
  for (const auto& entry : process.cards) {
    history_bytes_ -= entry.second->bytes();
    Forget(*entry.second);
  }
  process.cards.clear();
  process.ended = true;
  EndChange(&process);
  return true;
}

Millis Relay::SinceStart(TimePoint at) const {
  return std::chrono::floor<Millis>(at - start_);
}

Millis Relay::Now() const { return SinceStart(clock_.Now()); }

Relay::Process& Relay::BeginChange(size_t process) {
  ++version_;
  return processes_[process];
}

void Relay::EndChange(Process* process) {
  process->version = version_;
  LimitHistory();
  changed_.notify_all();
}

void Relay::Update(size_t index, const v1::WatchBreakersResponse& response) {
  const MutexLock lock(mu_);
  if (processes_[index].ended) return;
  Process& process = BeginChange(index);
  const ProcessClock::Reading reading =
      process.clock.Take(response.process(), clock_.Now());
  process.at = SinceStart(reading.at);
  if (!process.began) process.began = process.at;
  if (!process.up) process.since = Now();
  process.up = true;
  process.why.clear();
  process.missed_events += response.missed_events();
  if (response.has_process()) {
    const std::string incarnation = Clipped(response.process().incarnation());
    if (process.incarnation != incarnation) {
      ++process.incarnations;
      for (const auto& entry : process.cards) entry.second->Leave(version_);
    }
    process.incarnation = incarnation;
    process.info = BoundedJson(response.process());
  }
  if (response.snapshot()) process.hidden = false;
  TakeBreakers(index, response,
               process.coverage.Begin(response, process.at, reading.continues));
  for (const v1::Event& event : response.events()) AddEvent(event, &process);
  if (process.coverage.End(response)) EndSnapshot(&process);
  EndChange(&process);
}

void Relay::TakeBreakers(size_t index,
                         const v1::WatchBreakersResponse& response,
                         std::optional<Millis> from) {
  Process& process = processes_[index];
  for (const v1::BreakerName& gone : response.gone()) {
    v1::BreakerName name = gone;
    Bound(&name);
    const auto found = process.cards.find(NameOf(name));
    if (found == process.cards.end()) continue;
    found->second->Leave(version_);
    if (found->second->has_history()) continue;
    Forget(*found->second);
    process.cards.erase(found);
  }
  for (const v1::Breaker& breaker : response.breakers()) {
    Card* const card = FindCard(index, breaker.name());
    if (card == nullptr) {
      process.hidden = true;
      continue;
    }
    history_bytes_ -= card->bytes();
    card->snapshot = process.coverage.snapshots();
    card->Take(breaker, process.at, from, version_);
    history_bytes_ += card->bytes();
  }
}

Card* Relay::FindCard(size_t index, const v1::BreakerName& name) {
  std::map<BreakerName, std::unique_ptr<Card>>& cards = processes_[index].cards;
  v1::BreakerName bounded = name;
  Bound(&bounded);
  const BreakerName key = NameOf(bounded);
  if (const auto found = cards.find(key); found != cards.end()) {
    return found->second.get();
  }
  if (cards_ >= limits_.max_cards) MakeRoom();
  if (cards_ >= limits_.max_cards) return nullptr;
  ++cards_;
  return cards.emplace(key, std::make_unique<Card>(++last_id_, index, bounded))
      .first->second.get();
}

void Relay::AddEvents(size_t process, const v1::ListEventsResponse& events) {
  const MutexLock lock(mu_);
  if (processes_[process].ended) return;
  Process& changed = BeginChange(process);
  for (const v1::Event& event : events.events()) AddEvent(event, &changed);
  EndChange(&changed);
}

void Relay::AddEvent(const v1::Event& event, Process* process) {
  const Millis at = SinceStart(process->clock.Of(event.time()));
  if (IsOfConfig(event)) {
    process->events.Add(process->incarnations, event, at, version_);
    return;
  }
  if (event.type() != "TRANSITION" && event.type() != "MODE") return;
  v1::BreakerName name = event.breaker();
  Bound(&name);
  const auto found = process->cards.find(NameOf(name));
  if (found == process->cards.end()) return;
  Card& card = *found->second;
  history_bytes_ -= card.bytes();
  card.AddEvent(process->incarnations, event, at, version_);
  history_bytes_ += card.bytes();
}

void Relay::Lose(size_t index, const std::string& why) {
  const MutexLock lock(mu_);
  if (processes_[index].ended) return;
  Process& process = BeginChange(index);
  if (process.up) process.since = Now();
  process.up = false;
  process.why = why;
  EndChange(&process);
}

void Relay::EndSnapshot(Process* process) {
  for (auto it = process->cards.begin(); it != process->cards.end();) {
    Card& card = *it->second;
    if (card.snapshot != process->coverage.snapshots()) card.Leave(version_);
    if (card.in_use() || card.has_history()) {
      ++it;
    } else {
      Forget(card);
      it = process->cards.erase(it);
    }
  }
}

void Relay::LimitHistory() {
  const Millis now = Now();
  if (now - swept_ >= kSweep) {
    swept_ = now;
    ForgetBefore(now - kHour, Card::kAlwaysKept);
  }
  while (history_bytes_ > limits_.max_history_bytes && from_ < now) {
    from_ = std::min(now, std::max(from_, now - kHour) + kSweep);
    ForgetBefore(from_, 0);
  }
}

void Relay::ForgetBefore(Millis at, size_t always) {
  history_bytes_ = 0;
  for (Process& process : processes_) {
    // The times of the history are those of the process.
    const Millis before =
        at - std::chrono::floor<Millis>(process.clock.offset());
    process.events.ForgetBefore(before, always);
    for (auto it = process.cards.begin(); it != process.cards.end();) {
      Card& card = *it->second;
      card.ForgetBefore(before, card.in_use() ? always : 0);
      if (card.in_use() || card.has_history()) {
        history_bytes_ += card.bytes();
        ++it;
      } else {
        Forget(card);
        it = process.cards.erase(it);
      }
    }
  }
}

void Relay::MakeRoom() {
  for (Process& process : processes_) {
    for (auto it = process.cards.begin(); it != process.cards.end();) {
      if (it->second->in_use()) {
        ++it;
        continue;
      }
      from_ = Now();
      history_bytes_ -= it->second->bytes();
      Forget(*it->second);
      it = process.cards.erase(it);
    }
  }
}

void Relay::Forget(const Card& card) {
  --cards_;
  gone_.push_back({version_, card.id()});
  if (gone_.size() > kMaxGone) {
    forgotten_ = gone_.front().version;
    gone_.pop_front();
  }
}

std::string Relay::Newer(Version seen) const {
  const bool snapshot = seen == 0 || seen < forgotten_;
  if (snapshot) seen = 0;
  const Millis now = Now();
  const auto wall =
      std::chrono::duration_cast<Millis>(clock_.WallNow().time_since_epoch());
  std::string message =
      absl::StrCat("[{\"now\":", now.count(), ",\"wall\":", wall.count(),
                   ",\"from\":", std::max(from_, now - kHour).count(),
                   ",\"snapshot\":", snapshot ? "true" : "false", "}");
  for (size_t i = 0; i < processes_.size(); ++i) {
    AppendProcess(i, seen, &message);
    for (const auto& entry : processes_[i].cards) {
      entry.second->AppendNewer(seen, &message);
    }
  }
  for (const Gone& gone : gone_) {
    if (snapshot || gone.version <= seen) continue;
    absl::StrAppend(&message, ",{\"gone\":", gone.card, "}");
  }
  return message + "]";
}

void Relay::AppendProcess(size_t index, Version seen,
                          std::string* message) const {
  const Process& process = processes_[index];
  if (process.version <= seen) return;
  if (process.ended) {
    if (seen != 0) {
      absl::StrAppend(message, ",{\"ended\":", index, "}");
    }
    return;
  }
  const Millis offset = std::chrono::round<Millis>(process.clock.offset());
  const json about = {{"process", index},
                      {"address", Clipped(process.address)},
                      {"up", process.up},
                      {"why", Clipped(process.why)},
                      {"since", process.since.count()},
                      {"at", process.at.count()},
                      {"offset", offset.count()},
                      {"began", process.began.value_or(Millis(0)).count()},
                      {"hidden", process.hidden},
                      {"missedEvents", process.missed_events}};
  // Replaces bytes that are not UTF-8 by U+FFFD.
  std::string text = about.dump(-1, ' ', false, json::error_handler_t::replace);
  text.pop_back();
  std::string events;
  process.events.AppendNewer(seen, &events);
  if (!events.empty()) absl::StrAppend(&text, ",\"events\":[", events, "]");
  absl::StrAppend(message, ",", text, ",\"info\":", process.info, "}");
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
