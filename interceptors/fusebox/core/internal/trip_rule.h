// trip_rule.h: the rules that open a circuit.
//
//   from settings            opens the circuit when
//   consecutive_failures     that many calls have failed in a row, none of them
//                            more than max_failure_gap after the one before it
//   failure_score            the score of failures and successes >= threshold
//   failure_rate             failures / calls in the window >= threshold
//   slow_call_rate           slow calls / calls in the window >= threshold
//
// All rules are checked whenever a failure or a slow call is recorded, never on
// a fast success. The first rule in this order that trips is the reason. A
// probe enters no window, but a slow one counts as failed (machine.h). Pure.

#ifndef FUSEBOX_CORE_INTERNAL_TRIP_RULE_H_
#define FUSEBOX_CORE_INTERNAL_TRIP_RULE_H_

#include <algorithm>
#include <cstdint>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/core/internal/failure_word.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

// Returns whether part / calls reaches the threshold. A rate over fewer calls
// than `minimum_calls`, which is at least 1, does not count.
inline bool Reaches(uint64_t part, uint64_t calls, double threshold,
                    uint32_t minimum_calls) {
  return calls >= minimum_calls &&
         static_cast<double>(part) / static_cast<double>(calls) >= threshold;
}

// Returns whether a call that took so long is slow, by a rule that is on.
inline bool IsSlow(const Settings& settings, Duration duration) {
  return settings.slow_call_rate &&
         duration >= settings.slow_call_rate->duration;
}

// Returns whether a failure at `now` begins a new run of consecutive failures,
// because the failure before it is too long ago.
inline bool BeginsNewRun(const Settings& settings, TimePoint failure_before,
                         TimePoint now) {
  return settings.max_failure_gap != Duration::zero() &&
         SaturatingAdd(failure_before, settings.max_failure_gap) < now;
}

// Returns whether any rule needs a window.
inline bool NeedsWindow(const Settings& settings) {
  return settings.failure_rate.has_value() ||
         settings.slow_call_rate.has_value();
}

// Returns why the circuit opens, or nullopt if it does not. `counts` are the
// consecutive failures and the failure score.
inline std::optional<Cause> FirstToTrip(const Settings& settings,
                                        const FailureWord::Reading& counts,
                                        const WindowCounts& window) {
  const auto number = [](uint64_t count) {
    return static_cast<uint32_t>(std::min<uint64_t>(count, UINT32_MAX));
  };
  Cause cause;
  if (settings.consecutive_failures != 0 &&
      counts.run >= settings.consecutive_failures) {
    cause.reason = TransitionReason::kConsecutiveFailures;
    cause.failures = counts.run;
    return cause;
  }
  if (settings.failure_score &&
      counts.score >= settings.failure_score->threshold) {
    cause.reason = TransitionReason::kFailureScore;
    cause.failures = counts.score;
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
