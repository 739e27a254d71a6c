#include "tools/watch/model.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "tools/admin/connection.h"
#include "tools/admin/name_of.h"
#include "tools/text/breaker_text.h"

namespace fusebox::tool {
namespace {

bool IsRemembered(const v1::Event& event) {
  for (const char* const type :
       {"TRANSITION", "MODE", "CONFIG_UPDATED", "CONFIG_REFUSED"}) {
    if (event.type() == type) return true;
  }
  return false;
}

// Returns a lower number for a breaker in greater trouble.
int Rank(const v1::Breaker& breaker) {
  if (breaker.mode() == v1::Policy::FORCED_OPEN) return 0;
  if (breaker.state() == v1::OPEN) return 0;
  if (breaker.state() == v1::HALF_OPEN) return 1;
  return breaker.has_operator_mode() ? 2 : 3;
}

}  // namespace

void Model::Add(const AdminAddress& address) {
  processes_.emplace_back().address = address;
}

void Model::End(size_t process) {
  KnownProcess& known = processes_[process];
  known.ended = true;
  known.connected = false;
  known.breakers.clear();
}

size_t Model::running() const {
  return static_cast<size_t>(
      std::count_if(processes_.begin(), processes_.end(),
                    [](const KnownProcess& it) { return !it.ended; }));
}

void Model::Take(size_t process, const v1::WatchBreakersResponse& response,
                 const EventFeed::News& news, TimePoint now) {
  KnownProcess& known = processes_[process];
  known.connected = true;
  known.ever_connected = true;
  known.process = response.process();
  const TimePoint at = known.clock.Take(response.process(), now).at;
  if (response.snapshot()) known.breakers.clear();
  for (const v1::BreakerName& name : response.gone()) {
    known.breakers.erase(NameOf(name));
  }
  for (const v1::Breaker& breaker : response.breakers()) {
    known.breakers[NameOf(breaker.name())] = {breaker, at};
  }
  for (std::string& note : news.Notes()) {
    Remember({process, std::nullopt, std::move(note)});
  }
  for (const v1::Event& event : news.events) {
    if (IsRemembered(event)) Remember({process, event, ""});
  }
}

void Model::Lose(size_t process, const grpc::Status& status) {
  KnownProcess& known = processes_[process];
  known.connected = false;
  known.lost = StatusText(status);
}

void Model::Remember(Line line) {
  if (lines_.size() == kMaxEvents) lines_.pop_front();
  // Events of several processes stand in the order of their times.
  auto place = lines_.end();
  while (line.event && place != lines_.begin()) {
    const Line& before = *std::prev(place);
    if (!before.event || before.process == line.process ||
        before.event->time() <= line.event->time()) {
      break;
    }
    --place;
  }
  lines_.insert(place, std::move(line));
}

std::vector<Model::Row> Model::Rows() const {
  std::vector<Row> rows;
  for (const KnownProcess& process : processes_) {
    for (const auto& entry : process.breakers) {
      rows.push_back({&process, &entry.second});
    }
  }
  // Circuits that one fault has opened stand together, in the order of the
  // first ones.
  std::map<std::string, size_t> places;
  for (const Row& row : rows) {
    places.emplace(FirstWhyText(row.breaker->breaker), places.size());
  }
  const auto key = [&](const Row& row) {
    const v1::Breaker& breaker = row.breaker->breaker;
    return std::pair(Rank(breaker), places.at(FirstWhyText(breaker)));
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Row& a, const Row& b) { return key(a) < key(b); });
  return rows;
}

}  // namespace fusebox::tool
