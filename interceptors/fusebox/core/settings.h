// settings.h: the numbers a breaker works with.
//
//   fusebox::Settings settings;
//   settings.consecutive_failures = 3;
//   settings.open_duration = std::chrono::seconds(5);
//   for (const auto& problem : settings.Validate()) { ... }
//
// A plain value. The defaults are those of the classic circuit breaker
// (M. Nygard, "Release It!", 2007; M. Fowler, "CircuitBreaker", 2014, whose
// example opens after 5 failures): slow to try again, simple to reason about.

#ifndef FUSEBOX_CORE_SETTINGS_H_
#define FUSEBOX_CORE_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/types.h"

namespace fusebox {

// What the rates are taken over. Outcomes enter it when they are settled,
// ignored ones never, and those of probes never.
struct FUSEBOX_EXPORT Window {
  // A window of time: ten buckets, each a tenth of `duration` long and aligned
  // to multiples of that on the clock; the window is the current bucket and
  // the nine before it. At least 10 us, and 0 if `calls` is given.
  Duration duration = std::chrono::seconds(10);

  // A window of the last so many outcomes. In [1, 4096]; 0: a window of time.
  uint32_t calls = 0;

  static Window OfTime(Duration duration) { return {duration, 0}; }
  static Window OfCalls(uint32_t calls) { return {Duration::zero(), calls}; }
};
FUSEBOX_EXPORT bool operator==(const Window& a, const Window& b);
FUSEBOX_EXPORT bool operator!=(const Window& a, const Window& b);

// Trips when failures / (successes + failures) in the window reaches the
// threshold, compared as doubles.
struct FailureRate {
  // In (0, 1].
  double threshold = 0;

  // Outcomes that the window must hold before the rate counts. At least 1, and
  // no more than a window of calls holds.
  uint32_t minimum_calls = 20;
};
FUSEBOX_EXPORT bool operator==(const FailureRate& a, const FailureRate& b);
FUSEBOX_EXPORT bool operator!=(const FailureRate& a, const FailureRate& b);

// The same for calls that took `duration` or longer, failed or not.
struct SlowCallRate {
  Duration duration{0};  // greater than 0
  double threshold = 0;
  uint32_t minimum_calls = 20;
};
FUSEBOX_EXPORT bool operator==(const SlowCallRate& a, const SlowCallRate& b);
FUSEBOX_EXPORT bool operator!=(const SlowCallRate& a, const SlowCallRate& b);

// How openings grow: the k-th in a row lasts open_duration * multiplier^(k-1),
// at most `max_duration`, give or take the share `jitter`. A trip after the
// circuit has been CLOSED for `max_duration` or longer starts a new row.
struct OpenBackoff {
  double multiplier = 1;     // at least 1, finite
  Duration max_duration{0};  // at least open_duration
  double jitter = 0;         // in [0, 1]; of every opening
};
FUSEBOX_EXPORT bool operator==(const OpenBackoff& a, const OpenBackoff& b);
FUSEBOX_EXPORT bool operator!=(const OpenBackoff& a, const OpenBackoff& b);

// How traffic comes back after the circuit has closed: the admitted share grows
// linearly from `initial_ratio` to 1 over `duration`, spread evenly.
struct RecoveryRamp {
  Duration duration{0};      // greater than 0
  double initial_ratio = 0;  // in [0, 1]
};
FUSEBOX_EXPORT bool operator==(const RecoveryRamp& a, const RecoveryRamp& b);
FUSEBOX_EXPORT bool operator!=(const RecoveryRamp& a, const RecoveryRamp& b);

// How a circuit whose opening is over finds out whether the backend is back.
struct FUSEBOX_EXPORT HalfOpen {
  // Most probes in flight at once. In [1, 4096].
  uint32_t max_probes = 1;

  // Successful probes after which the circuit closes. At least 1.
  uint32_t successes_to_close = 1;

  // A probe's lease: one in flight for this long counts as failed (if it is a
  // stream, it only stops counting as a probe). Greater than 0.
  Duration timeout = std::chrono::seconds(30);

  // Whether an opening ends early when a caller finds that the way to the
  // backend, seen down in this opening, has come back (an RPC: its channel has
  // turned READY). It must say so: see connectivity.h.
  bool early_on_reconnect = false;
};
FUSEBOX_EXPORT bool operator==(const HalfOpen& a, const HalfOpen& b);
FUSEBOX_EXPORT bool operator!=(const HalfOpen& a, const HalfOpen& b);

struct FUSEBOX_EXPORT Settings {
  // Failures in a row that open the circuit. A success ends the run, an
  // ignored outcome does not. 0 switches the rule off.
  uint32_t consecutive_failures = 5;

  // The rates that trip it, and what they are taken over. Absent: off.
  std::optional<FailureRate> failure_rate;
  std::optional<SlowCallRate> slow_call_rate;
  Window window;

  // How long an opening lasts before a probe may pass. Greater than 0.
  Duration open_duration = std::chrono::seconds(60);

  // How it grows from opening to opening. Absent: it does not.
  std::optional<OpenBackoff> open_backoff;

  HalfOpen half_open;

  // How traffic comes back. Absent: all at once.
  std::optional<RecoveryRamp> recovery_ramp;

  // Calls in flight beyond which one is rejected, whatever the state (a
  // bulkhead). 0 switches it off.
  uint32_t max_concurrent_calls = 0;

  // Whether a failure's push-back (the server's word on when to come back)
  // lengthens the opening that it causes: the opening lasts the longer of its
  // own length and min(push-back, max_pushback), never their sum.
  // `max_pushback` is at least 0.
  bool honor_pushback = true;
  Duration max_pushback = std::chrono::minutes(5);

  // What the state is for, until an operator says otherwise.
  Mode mode = Mode::kEnforce;

  // Every problem, in the order of the fields; empty means that the settings
  // can be used.
  Problems Validate() const;
};
FUSEBOX_EXPORT bool operator==(const Settings& a, const Settings& b);
FUSEBOX_EXPORT bool operator!=(const Settings& a, const Settings& b);

}  // namespace fusebox

#endif  // FUSEBOX_CORE_SETTINGS_H_
