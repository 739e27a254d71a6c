#include "tools/dashboard/card.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/map.h"
#include "tools/dashboard/bounded_json.h"

namespace fusebox::tool {
namespace {

uint64_t SumOf(const google::protobuf::Map<std::string, uint64_t>& counts) {
  uint64_t sum = 0;
  for (const auto& entry : counts) sum += entry.second;
  return sum;
}

CallCounts CountsOf(const v1::Totals& totals) {
  return {totals.admitted(), totals.successes(), totals.failures(),
          SumOf(totals.rejected()), totals.fallbacks()};
}

// Returns the calls since `before`. Returns nothing if a count went down: the
// process was restarted.
std::optional<CallCounts> Since(const CallCounts& before, CallCounts now) {
  for (size_t i = 0; i < now.size(); ++i) {
    if (now[i] < before[i]) return std::nullopt;
    now[i] -= before[i];
  }
  return now;
}

// Appends ,"key":[...] if `append` writes anything.
template <typename Append>
void AppendList(const char* key, Append append, std::string* json) {
  std::string list;
  append(&list);
  if (!list.empty()) absl::StrAppend(json, ",\"", key, "\":[", list, "]");
}

}  // namespace

Card::Card(uint64_t id, size_t process, const v1::BreakerName& name)
    : id_(id),
      begin_(absl::StrCat(",{\"card\":", id, ",\"process\":", process)),
      name_(BoundedJson(name)) {}

void Card::Take(const v1::Breaker& breaker, Millis at,
                std::optional<Millis> from, Version version) {
  FollowMode(breaker, at, from.has_value());
  const CallCounts counts = CountsOf(breaker.totals());
  if (from) {
    const std::optional<CallCounts> added =
        Since(counts_.value_or(CallCounts{}), counts);
    if (added) {
      const Millis begin = std::max(at_, *from);
      seconds_.Add(*added, begin, at, version);
      tens_.Add(*added, begin, at, version);
    }
  }
  counts_ = counts;
  in_use_ = true;
  at_ = at;
  breaker_ = BoundedJson(breaker);
  newest_ = breaker_version_ = version;
}

void Card::FollowMode(const v1::Breaker& breaker, Millis at, bool is_exact) {
  const int mode = static_cast<int>(breaker.mode());
  const int operator_mode = breaker.has_operator_mode()
                                ? static_cast<int>(breaker.operator_mode())
                                : -1;
  if (in_use_ && mode == mode_ && operator_mode == operator_mode_) return;
  mode_ = mode;
  operator_mode_ = operator_mode;
  mode_seen_ = at;
  mode_is_exact_ = is_exact;
}

void Card::Leave(Version version) {
  if (!in_use_) return;
  in_use_ = false;
  counts_.reset();
  breaker_.clear();
  newest_ = breaker_version_ = version;
}

void Card::AddEvent(uint64_t run, const v1::Event& event, Millis at,
                    Version version) {
  if (events_.Add(run, event, at, version)) newest_ = version;
}

void Card::ForgetBefore(Millis at, size_t always) {
  seconds_.ForgetBefore(at);
  tens_.ForgetBefore(at);
  events_.ForgetBefore(at, always);
}

bool Card::has_history() const { return !events_.empty() || !tens_.empty(); }

size_t Card::bytes() const {
  return events_.bytes() + seconds_.bytes() + tens_.bytes();
}

void Card::AppendNewer(Version seen, std::string* json) const {
  if (newest_ <= seen) return;
  *json += begin_;
  if (breaker_version_ > seen && in_use_) {
    absl::StrAppend(json, ",\"at\":", at_.count(), ",\"breaker\":", breaker_,
                    ",\"modeSeen\":", mode_seen_.count(),
                    ",\"modeExact\":", mode_is_exact_ ? "true" : "false");
  } else if (breaker_version_ > seen) {
    absl::StrAppend(json, ",\"unused\":", name_);
  }
  AppendList(
      "events", [&](std::string* out) { events_.AppendNewer(seen, out); },
      json);
  if (events_.complete_since() > Millis(0)) {
    absl::StrAppend(json,
                    ",\"eventsSince\":", events_.complete_since().count());
  }
  AppendList(
      "seconds", [&](std::string* out) { seconds_.AppendNewer(seen, out); },
      json);
  AppendList(
      "tens", [&](std::string* out) { tens_.AppendNewer(seen, out); }, json);
  *json += "}";
}

}  // namespace fusebox::tool
