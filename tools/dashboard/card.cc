#include "tools/dashboard/card.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/map.h"
#include "tools/dashboard/bounded_json.h"

namespace fusebox::tool {
namespace {

uint64_t SumOf(const google::protobuf::Map<std::string, uint64_t>& counts) {
  uint64_t sum = 0;
  for (const auto& entry : counts) sum += entry.second;
  return sum;
}

}  // namespace

Card::Card(uint64_t id, size_t process)
    : id_(id),
      begin_(",{\"card\":" + std::to_string(id) +
             ",\"process\":" + std::to_string(process)) {}

void Card::Take(const v1::Breaker& breaker, bool unseen, Millis now,
                Version version) {
  at_ = now;
  breaker_ = BoundedJson(breaker);
  newest_ = breaker_version_ = version;

  const v1::Totals& totals = breaker.totals();
  const Sums sums = {now,
                     totals.successes(),
                     totals.failures(),
                     SumOf(totals.rejected()),
                     unseen,
                     version};
  const bool changed = sums_.empty() ||
                       sums.successes != sums_.back().successes ||
                       sums.failures != sums_.back().failures ||
                       sums.rejected != sums_.back().rejected;
  if (!changed && !unseen) return;
  sums_.push_back(sums);
  if (sums_.size() > kMaxSums) {
    sums_.pop_front();
    // A new viewer does not know the item before.
    sums_.front().unseen = true;
  }
}

void Card::AddEvent(uint64_t incarnation, const v1::Event& event,
                    Version version) {
  const std::pair<uint64_t, uint64_t> place(incarnation, event.sequence());
  const bool is_old =
      events_.size() >= kMaxEvents && place < events_.begin()->first;
  if (is_old || events_.count(place) > 0) return;
  events_[place] = BoundedJson(event);
  if (events_.size() > kMaxEvents) events_.erase(events_.begin());
  newest_ = events_version_ = version;
}

void Card::AppendNewer(Version seen, std::string* json) const {
  if (newest_ <= seen) return;
  *json += begin_;
  if (breaker_version_ > seen) {
    *json +=
        ",\"at\":" + std::to_string(at_.count()) + ",\"breaker\":" + breaker_;
  }
  if (events_version_ > seen) {
    *json += ",\"events\":[" +
             absl::StrJoin(events_, ",",
                           [](std::string* out, const auto& event) {
                             *out += event.second;
                           }) +
             "]";
  }
  std::string sums;
  for (const Sums& each : sums_) {
    if (each.version <= seen) continue;
    absl::StrAppend(&sums, sums.empty() ? "" : ",", "[", each.at.count(), ",",
                    each.successes, ",", each.failures, ",", each.rejected,
                    each.unseen ? ",true]" : ",false]");
  }
  if (!sums.empty()) *json += ",\"sums\":[" + sums + "]";
  *json += "}";
}

}  // namespace fusebox::tool
