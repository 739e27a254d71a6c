#include "tools/dashboard/fleet.h"

#include <algorithm>
#include <set>
#include <utility>

namespace fusebox::tool {
namespace {

constexpr size_t kMostGone = 4096;

std::tuple<std::string, std::string, std::string> NameOf(
    const v1::BreakerName& name) {
  return {name.target(), name.method(), name.key()};
}

int64_t WallMs(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

// Appends `,"name":[a,b]`, or nothing where there is no item.
class List {
 public:
  List(const char* name, std::string* json) : name_(name), json_(*json) {}
  ~List() {
    if (begun_) json_ += "]";
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  // Where the next item is to be appended.
  std::string* Next() {
    if (begun_) {
      json_ += ",";
    } else {
      json_ += std::string(",\"") + name_ + "\":[";
      begun_ = true;
    }
    return &json_;
  }

 private:
  const char* const name_;
  std::string& json_;
  bool begun_ = false;
};

}  // namespace

Fleet::Fleet(const std::vector<std::string>& addresses, size_t most_cards)
    : most_cards_(most_cards), processes_(addresses.size()) {
  ++version_;
  for (size_t i = 0; i < addresses.size(); ++i) {
    processes_[i].address = addresses[i];
    processes_[i].why = "connecting";
    Describe(&processes_[i]);
  }
}

void Fleet::Describe(Process* process) {
  process->info.Set({{"address", Clip(process->address, Card::kMostText)},
                     {"name", Clip(process->name, Card::kMostText)},
                     {"pid", process->pid},
                     {"readOnly", process->read_only},
                     {"configGeneration", process->config_generation},
                     {"configErrors", process->config_errors},
                     {"up", process->up},
                     {"why", Clip(process->why, Card::kMostText)},
                     {"since", process->since.count()},
                     {"missedEvents", process->missed_events},
                     {"hidden", process->hidden}},
                    version_);
}

void Fleet::TakeProcess(const v1::Process& from, Process* process) {
  if (process->incarnation != from.incarnation()) {
    process->incarnation = from.incarnation();
    for (const auto& entry : process->cards) entry.second->ForgetSequence();
  }
  process->name = from.name();
  process->pid = from.pid();
  process->read_only = from.read_only();
  process->config_generation = from.config_generation();
  process->config_errors = from.config_errors();
  process->wall_ms = WallMs(from.time());
}

void Fleet::Update(size_t index, const v1::WatchBreakersResponse& response,
                   Millis now) {
  ++version_;
  Process& process = processes_[index];
  if (!process.up) process.since = now;
  process.up = true;
  process.why.clear();
  process.missed_events += response.missed_events();
  // Only where the process says who it is: with a snapshot it always does.
  if (response.has_process()) TakeProcess(response.process(), &process);
  TakeBreakers(index, response, now);
  for (const v1::Event& event : response.events()) {
    TakeEvent(event, &process, now);
  }
  Describe(&process);
}

void Fleet::TakeBreakers(size_t index,
                         const v1::WatchBreakersResponse& response,
                         Millis now) {
  Process& process = processes_[index];
  if (response.snapshot()) {
    process.hidden = false;
    RemoveAllBut(response, &process);
  }
  for (const v1::BreakerName& name : response.gone()) {
    Remove(NameOf(name), &process);
  }
  // What was counted while nobody listened, happened nobody knows when.
  const Card::Calls calls =
      response.snapshot() ? Card::Calls::kUnseen : Card::Calls::kSinceLast;
  for (const v1::Breaker& breaker : response.breakers()) {
    std::unique_ptr<Card>& card = process.cards[NameOf(breaker.name())];
    if (card == nullptr) {
      if (size_ >= most_cards_) {
        process.cards.erase(NameOf(breaker.name()));
        process.hidden = true;
        continue;
      }
      card = std::make_unique<Card>(++last_id_, index);
      ++size_;
    }
    card->Take(breaker, calls, now, version_);
  }
}

void Fleet::TakeEvents(size_t index, const v1::ListEventsResponse& events,
                       Millis now) {
  ++version_;
  for (const v1::Event& event : events.events()) {
    TakeEvent(event, &processes_[index], now);
  }
}

// By the process's own clock and this one's: how long ago it was.
void Fleet::TakeEvent(const v1::Event& event, Process* process, Millis now) {
  if (event.type() != "TRANSITION" && event.type() != "MODE") return;
  const auto found = process->cards.find(NameOf(event.breaker()));
  if (found == process->cards.end()) return;
  const Millis age(
      std::max<int64_t>(0, process->wall_ms - WallMs(event.time())));
  found->second->TakeEvent(event, now - age, version_);
}

void Fleet::Lose(size_t index, const std::string& why, Millis now) {
  ++version_;
  Process& process = processes_[index];
  if (process.up) process.since = now;
  process.up = false;
  process.why = why;
  Describe(&process);
}

void Fleet::RemoveAllBut(const v1::WatchBreakersResponse& snapshot,
                         Process* process) {
  std::set<Name> named;
  for (const v1::Breaker& breaker : snapshot.breakers()) {
    named.insert(NameOf(breaker.name()));
  }
  for (auto it = process->cards.begin(); it != process->cards.end();) {
    if (named.count(it->first) > 0) {
      ++it;
      continue;
    }
    Bury(it->second->id());
    it = process->cards.erase(it);
  }
}

void Fleet::Remove(const Name& name, Process* process) {
  const auto found = process->cards.find(name);
  if (found == process->cards.end()) return;
  Bury(found->second->id());
  process->cards.erase(found);
}

void Fleet::Bury(uint64_t id) {
  --size_;
  gone_.push_back({version_, id});
  if (gone_.size() > kMostGone) {
    forgotten_ = gone_.front().version;
    gone_.pop_front();
  }
}

std::string Fleet::News(Viewer* viewer, Millis now) const {
  const bool snapshot = viewer->version == 0 || viewer->version < forgotten_;
  const Version than = snapshot ? 0 : viewer->version;
  std::string news = "{\"now\":" + std::to_string(now.count());
  if (snapshot) news += ",\"snapshot\":true";

  {
    List list("processes", &news);
    for (size_t i = 0; i < processes_.size(); ++i) {
      const Section& info = processes_[i].info;
      if (info.version() <= than) continue;
      std::string* const json = list.Next();
      *json += "{\"id\":" + std::to_string(i);
      info.AppendIfNewer(than, "info", json);
      *json += "}";
    }
  }
  {
    List list("cards", &news);
    for (const Process& process : processes_) {
      for (const auto& entry : process.cards) {
        const Card& card = *entry.second;
        if (card.IsNewer(than)) card.Append(than, list.Next());
      }
    }
  }
  if (!snapshot) {
    List list("gone", &news);
    for (const Gone& gone : gone_) {
      if (gone.version > than) *list.Next() += std::to_string(gone.id);
    }
  }
  viewer->version = version_;
  return news + "}";
}

}  // namespace fusebox::tool
