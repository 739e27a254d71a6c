// trip_rule.h: the rules that open a circuit.
//
//   from settings            trips when
//   consecutive_failures     that many failures have come in a row
//   failure_rate             failures / calls in the window >= threshold
//   slow_call_rate           slow calls / calls in the window >= threshold
//
// All of them are looked at whenever a failure or a slow call is recorded, and
// never on a fast success. The first that trips, in this order, is the reason.
// Pure.

#ifndef FUSEBOX_CORE_INTERNAL_TRIP_RULE_H_
#define FUSEBOX_CORE_INTERNAL_TRIP_RULE_H_

#include <algorithm>
#include <cstdint>
#include <optional>

#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

// Whether `part` of `calls` reaches the threshold. A rate of too few calls says
// nothing. `minimum_calls` is at least 1.
inline bool Reaches(uint64_t part, uint64_t calls, double threshold,
                    uint32_t minimum_calls) {
  return calls >= minimum_calls &&
         static_cast<double>(part) / static_cast<double>(calls) >= threshold;
}

// Whether a rule needs a window.
inline bool NeedsWindow(const Settings& settings) {
  return settings.failure_rate.has_value() ||
         settings.slow_call_rate.has_value();
}

// Why the circuit trips, or nothing. `run` is the number of failures in a row.
inline std::optional<Cause> FirstToTrip(const Settings& settings, uint32_t run,
                                        const WindowCounts& window) {
  const auto number = [](uint64_t count) {
    return static_cast<uint32_t>(std::min<uint64_t>(count, UINT32_MAX));
  };
  Cause cause;
  if (settings.consecutive_failures != 0 &&
      run >= settings.consecutive_failures) {
    cause.reason = TransitionReason::kConsecutiveFailures;
    cause.failures = run;
    return cause;
  }
  cause.calls = number(window.calls);
  if (const auto& rate = settings.failure_rate;
      rate && Reaches(window.failures, window.calls, rate->threshold,
                      rate->minimum_calls)) {
    cause.reason = TransitionReason::kFailureRate;
    cause.failures = number(window.failures);
    return cause;
  }
  if (const auto& rate = settings.slow_call_rate;
      rate && Reaches(window.slow_calls, window.calls, rate->threshold,
                      rate->minimum_calls)) {
    cause.reason = TransitionReason::kSlowCallRate;
    cause.slow_calls = number(window.slow_calls);
    return cause;
  }
  return std::nullopt;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_TRIP_RULE_H_
