// settings.h: the numbers that a breaker works with.
//
//   fusebox::Settings settings;
//   settings.consecutive_failures = 3;
//   settings.open_duration = std::chrono::seconds(5);
//   auto breaker = fusebox::Breaker::Create("inventory-db", settings);
//
// Settings say when a circuit opens (the trip rules), how long it stays open,
// and how it closes again. The defaults are those of the classic circuit
// breaker (M. Nygard, "Release It!", 2007; M. Fowler, "CircuitBreaker", 2014):
// it opens after five failures in a row and tries again after a minute. Such a
// breaker is slow to try again and easy to reason about.
//
// All structs here are plain values. A value out of range is never clamped:
// Settings::Validate() reports it, and Breaker::Create() refuses it.

#ifndef FUSEBOX_CORE_SETTINGS_H_
#define FUSEBOX_CORE_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/types.h"

namespace fusebox {

// The outcomes that the rates are computed over: those of the last ten seconds
// by default. An outcome enters the window when the call is settled. Ignored
// outcomes and those of probes never enter it.
struct FUSEBOX_EXPORT Window {
  // The length of a window of time. Must be at least 10 us, or 0 if `calls` is
  // given. The default is 10 s. The window consists of the current bucket and
  // the nine before it; each bucket is a tenth of `duration` long and begins at
  // a multiple of that on the clock.
  Duration duration = std::chrono::seconds(10);

  // The number of outcomes in a window of calls, which holds the last `calls`
  // outcomes. In [1, 4096]. The default is 0: a window of time.
  uint32_t calls = 0;

  static Window OfTime(Duration duration) { return {duration, 0}; }
  static Window OfCalls(uint32_t calls) { return {Duration::zero(), calls}; }
};
FUSEBOX_EXPORT bool operator==(const Window& a, const Window& b);
FUSEBOX_EXPORT bool operator!=(const Window& a, const Window& b);

// Opens the circuit when a score reaches a threshold. The score is 0 when the
// circuit closes. Each failure adds `failure` points; each success takes
// `success` points away, but the score never falls below 0. With the defaults
// and a threshold of 20, the circuit opens after 10 failures in a row, and
// after about 38 calls if half of them fail at random. If a fifth of them fail,
// it opens once in about 60,000 calls.
// (In statistics, this is a CUSUM test.)
struct FailureScore {
  // The score that opens the circuit. In [1, 65535]. Required.
  uint32_t threshold = 0;

  // The points of a failure and of a success. In [1, 65535]. The defaults are 2
  // and 1.
  uint32_t failure = 2;
  uint32_t success = 1;
};
FUSEBOX_EXPORT bool operator==(const FailureScore& a, const FailureScore& b);
FUSEBOX_EXPORT bool operator!=(const FailureScore& a, const FailureScore& b);

// Opens the circuit when failures / (successes + failures) in the window
// reaches a threshold. The two are compared as doubles.
struct FailureRate {
  // The rate that opens the circuit. In (0, 1]. Required.
  double threshold = 0;

  // The number of outcomes that the window must hold before the rate counts. At
  // least 1, and at most Window::calls in a window of calls. The default is 20.
  uint32_t minimum_calls = 20;
};
FUSEBOX_EXPORT bool operator==(const FailureRate& a, const FailureRate& b);
FUSEBOX_EXPORT bool operator!=(const FailureRate& a, const FailureRate& b);

// Opens the circuit when the share of slow calls in the window reaches a
// threshold. Slow calls count whether they failed or not. A probe that succeeds
// but is slow opens the circuit again (reason PROBE_SLOW): a backend that is
// still slow has not recovered.
struct SlowCallRate {
  // A call that took this long or longer is slow. Greater than 0. Required.
  Duration duration{0};

  // As in FailureRate.
  double threshold = 0;
  uint32_t minimum_calls = 20;
};
FUSEBOX_EXPORT bool operator==(const SlowCallRate& a, const SlowCallRate& b);
FUSEBOX_EXPORT bool operator!=(const SlowCallRate& a, const SlowCallRate& b);

// Makes each opening longer than the one before. The k-th consecutive opening
// lasts open_duration * multiplier^(k-1), but at most `max_duration`. The count
// starts again at 1 when the circuit opens after it has been CLOSED for
// `max_duration` or longer.
struct OpenBackoff {
  // The factor between two openings. At least 1, and finite. Required.
  double multiplier = 1;

  // The longest opening, before jitter. At least Settings::open_duration.
  // Required.
  Duration max_duration{0};

  // Each opening is randomly longer or shorter by up to this share of its
  // length. In [0, 1]. The default is 0: no jitter.
  double jitter = 0;
};
FUSEBOX_EXPORT bool operator==(const OpenBackoff& a, const OpenBackoff& b);
FUSEBOX_EXPORT bool operator!=(const OpenBackoff& a, const OpenBackoff& b);

// Lets traffic return gradually after the circuit has closed. The share of
// calls that are admitted grows linearly from `initial_ratio` to 1 over
// `duration`. The admitted calls are spread evenly.
struct RecoveryRamp {
  // How long it takes until every call is admitted. Greater than 0. Required.
  Duration duration{0};

  // The share of calls that are admitted at first. In [0, 1]. Required.
  double initial_ratio = 0;
};
FUSEBOX_EXPORT bool operator==(const RecoveryRamp& a, const RecoveryRamp& b);
FUSEBOX_EXPORT bool operator!=(const RecoveryRamp& a, const RecoveryRamp& b);

// How a circuit finds out, after an opening, whether the backend works again:
// it admits a few calls as probes. One probe that fails, or is slow where
// `slow_call_rate` is on, opens the circuit again.
struct FUSEBOX_EXPORT HalfOpen {
  // The maximum number of probes in flight at once. In [1, 4096]. The default
  // is 1.
  uint32_t max_probes = 1;

  // The number of successful probes that close the circuit. At least 1. The
  // default is 1.
  uint32_t successes_to_close = 1;

  // A probe that is in flight for this long counts as failed. A stream only
  // stops counting as a probe. Greater than 0. The default is 30 s.
  Duration timeout = std::chrono::seconds(30);

  // Whether an opening ends early when the connection to the backend, which was
  // down during this opening, is up again. The caller reports the connection
  // to the breaker (connectivity.h); gRPC channels do. The default is false.
  bool early_on_reconnect = false;
};
FUSEBOX_EXPORT bool operator==(const HalfOpen& a, const HalfOpen& b);
FUSEBOX_EXPORT bool operator!=(const HalfOpen& a, const HalfOpen& b);

struct FUSEBOX_EXPORT Settings {
  Settings() = default;

  // A struct that adds members to Settings, as Policy does, cannot be copied
  // into Settings by accident: the added members would be lost.
  template <typename T>
  using IfDerived = std::enable_if_t<std::is_base_of_v<Settings, T> &&
                                     !std::is_same_v<Settings, T>>;
  template <typename T, typename = IfDerived<T>>
  Settings(const T& derived) = delete;
  template <typename T, typename = IfDerived<T>>
  Settings& operator=(const T& derived) = delete;

  // The number of consecutive failures that open the circuit. A success starts
  // the count again; an ignored outcome does not. 0 switches the rule off. The
  // default is 5.
  uint32_t consecutive_failures = 5;

  // A failure that comes more than this after the failure before it begins a
  // new run of consecutive failures: one failure a day is no outage. A failure
  // comes when its call is settled. At least 0. The default is 0: failures are
  // consecutive however far apart they are.
  Duration max_failure_gap{0};

  // The failure score that opens the circuit. The rule is off by default.
  std::optional<FailureScore> failure_score;

  // The rates that open the circuit, and the window that they are computed
  // over. Rates are off by default.
  std::optional<FailureRate> failure_rate;
  std::optional<SlowCallRate> slow_call_rate;
  Window window;

  // How long an opening lasts before a probe may pass. Greater than 0. The
  // default is 60 s.
  Duration open_duration = std::chrono::seconds(60);

  // How openings grow. By default every opening lasts `open_duration`.
  std::optional<OpenBackoff> open_backoff;

  // How the circuit is probed after an opening.
  HalfOpen half_open;

  // How traffic returns after the circuit has closed. By default every call is
  // admitted at once.
  std::optional<RecoveryRamp> recovery_ramp;

  // The maximum number of calls in flight (a bulkhead). Further calls are
  // rejected in every state. The default is 0: no limit.
  uint32_t max_concurrent_calls = 0;

  // Whether a failure's push-back (the server's hint when to try again)
  // lengthens the opening that the failure causes. If so, the opening lasts
  // min(push-back, max_pushback) where that is longer than the opening's own
  // length. The default is true.
  bool honor_pushback = true;

  // The longest push-back that is honored. At least 0. The default is 5 min.
  Duration max_pushback = std::chrono::minutes(5);

  // Whether the state of the circuit decides about calls, until an operator
  // sets another mode. The default is kEnforce.
  Mode mode = Mode::kEnforce;

  // Returns every problem, in the order of the fields. The settings can be used
  // if there is none.
  Problems Validate() const;
};
FUSEBOX_EXPORT bool operator==(const Settings& a, const Settings& b);
FUSEBOX_EXPORT bool operator!=(const Settings& a, const Settings& b);

}  // namespace fusebox

#endif  // FUSEBOX_CORE_SETTINGS_H_
