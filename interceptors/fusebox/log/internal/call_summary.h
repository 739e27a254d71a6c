// call_summary.h: says on one line what became of many calls.

#ifndef FUSEBOX_LOG_INTERNAL_CALL_SUMMARY_H_
#define FUSEBOX_LOG_INTERNAL_CALL_SUMMARY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "fusebox/base/clock.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// Sums up the events of single calls (event.h), except probes: transitions say
// what became of those. Not thread-safe.
class CallSummary {
 public:
  // The text names so many breakers, those with the most calls.
  static constexpr size_t kMaxNamed = 3;

  // Adds an event. REQUIRES: IsOfCalls(event.type).
  void Add(const Event& event);

  bool empty() const { return counts_.empty(); }

  // Returns the time of the first event, and how long ago that is at `now`, or
  // 0 if there was none.
  std::chrono::system_clock::time_point began() const { return began_; }
  Duration Age(TimePoint now) const;

  // Returns how long ago the last event was at `now`, or 0 if there was none.
  Duration Quiet(TimePoint now) const;

  // Returns "in 1s: 12345 calls rejected: 12000 of /shop.v1.Cart/Checkout
  // (OPEN), ... and 17 of 2 more; 3 streams broken: ..."
  std::string Text() const;

 private:
  // What happened, for which reason ("OPEN"), and to which breaker.
  using Key = std::tuple<std::string_view, std::string_view, BreakerName>;

  std::map<Key, uint64_t> counts_;
  std::chrono::system_clock::time_point began_;
  TimePoint first_{};
  TimePoint last_{};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_LOG_INTERNAL_CALL_SUMMARY_H_
