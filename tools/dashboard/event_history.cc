#include "tools/dashboard/event_history.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/dashboard/bounded_json.h"

namespace fusebox::tool {
namespace {

// Returns what the page shows of an event.
std::string JsonOf(uint64_t run, const v1::Event& event, Millis at) {
  v1::Event shown;
  shown.set_sequence(event.sequence());
  *shown.mutable_time() = event.time();
  shown.set_type(event.type());
  shown.set_from(event.from());
  shown.set_to(event.to());
  shown.set_mode(event.mode());
  shown.set_text(event.text());
  return absl::StrCat("{\"run\":", run, ",\"at\":", at.count(),
                      ",\"event\":", BoundedJson(shown), "}");
}

}  // namespace

size_t EventHistory::BytesOf(const Item& item) {
  constexpr size_t kNode = 4 * sizeof(void*);  // of the map
  return item.json.capacity() + sizeof(Place) + sizeof(Item) + kNode;
}

bool EventHistory::Add(uint64_t run, const v1::Event& event, Millis at,
                       Version version) {
  const Place place(run, event.sequence());
  if (place <= dropped_ || events_.count(place) > 0) return false;
  Item item = {at, version, JsonOf(run, event, at)};
  item.json.shrink_to_fit();
  bytes_ += BytesOf(item);
  events_.emplace(place, std::move(item));
  while (bytes_ > kMaxBytes) {
    complete_since_ = std::max(complete_since_, events_.begin()->second.at);
    DropFirst();
  }
  return place > dropped_;
}

void EventHistory::ForgetBefore(Millis at, size_t always) {
  while (events_.size() > always && events_.begin()->second.at < at) {
    DropFirst();
  }
}

void EventHistory::DropFirst() {
  const auto first = events_.begin();
  dropped_ = first->first;
  bytes_ -= BytesOf(first->second);
  events_.erase(first);
}

void EventHistory::AppendNewer(Version seen, std::string* json) const {
  const char* comma = "";
  for (const auto& [place, item] : events_) {
    if (item.version <= seen) continue;
    absl::StrAppend(json, comma, item.json);
    comma = ",";
  }
}

}  // namespace fusebox::tool
