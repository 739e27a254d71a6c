#include "fusebox/core/settings.h"

#include <cmath>
#include <sstream>
#include <string>
#include <tuple>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/core/types.h"

namespace fusebox {
namespace {

constexpr uint32_t kMaxProbes = 4096;
constexpr uint32_t kMaxWindowCalls = 4096;
constexpr Duration kShortestWindow{10'000};  // a microsecond a bucket

auto Fields(const Window& w) { return std::tie(w.duration, w.calls); }
auto Fields(const FailureRate& r) {
  return std::tie(r.threshold, r.minimum_calls);
}
auto Fields(const SlowCallRate& r) {
  return std::tie(r.duration, r.threshold, r.minimum_calls);
}
auto Fields(const OpenBackoff& b) {
  return std::tie(b.multiplier, b.max_duration, b.jitter);
}
auto Fields(const RecoveryRamp& r) {
  return std::tie(r.duration, r.initial_ratio);
}
auto Fields(const HalfOpen& h) {
  return std::tie(h.max_probes, h.successes_to_close, h.timeout,
                  h.early_on_reconnect);
}

auto Fields(const Settings& s) {
  return std::tie(s.consecutive_failures, s.failure_rate, s.slow_call_rate,
                  s.window, s.open_duration, s.open_backoff, s.half_open,
                  s.recovery_ramp, s.max_concurrent_calls, s.honor_pushback,
                  s.max_pushback, s.mode);
}

// "0.5", "nan"
std::string Print(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

void RequirePositive(const char* path, Duration value, Problems* problems) {
  if (value <= Duration::zero()) {
    problems->push_back(
        {path, "must be greater than 0s, is " + FormatDuration(value)});
  }
}

// Comparisons are written so that NaN fails them.
void CheckThreshold(const char* path, double value, Problems* problems) {
  if (!(value > 0 && value <= 1)) {
    problems->push_back({path, "must be in (0, 1], is " + Print(value)});
  }
}

void CheckRatio(const char* path, double value, Problems* problems) {
  if (!(value >= 0 && value <= 1)) {
    problems->push_back({path, "must be in [0, 1], is " + Print(value)});
  }
}

void CheckMinimumCalls(const char* path, uint32_t value, const Window& window,
                       Problems* problems) {
  if (value < 1) {
    problems->push_back({path, "must be at least 1, is 0"});
  } else if (window.calls != 0 && value > window.calls) {
    problems->push_back({path, "must be at most window.calls, which is " +
                                   std::to_string(window.calls) + ", is " +
                                   std::to_string(value)});
  }
}

void Check(const Window& window, Problems* problems) {
  if (window.calls == 0) {
    if (window.duration < kShortestWindow) {
      problems->push_back(
          {"window.duration", "must be at least " +
                                  FormatDuration(kShortestWindow) + ", is " +
                                  FormatDuration(window.duration)});
    }
    return;
  }
  if (window.calls > kMaxWindowCalls) {
    problems->push_back(
        {"window.calls", "must be in [1, " + std::to_string(kMaxWindowCalls) +
                             "], is " + std::to_string(window.calls)});
  }
  if (window.duration != Duration::zero()) {
    problems->push_back(
        {"window.duration", "must be 0s where window.calls is given, is " +
                                FormatDuration(window.duration)});
  }
}

void Check(const OpenBackoff& backoff, Duration open_duration,
           Problems* problems) {
  if (!(backoff.multiplier >= 1 && std::isfinite(backoff.multiplier))) {
    problems->push_back(
        {"open_backoff.multiplier",
         "must be at least 1 and finite, is " + Print(backoff.multiplier)});
  }
  if (backoff.max_duration < open_duration) {
    problems->push_back({"open_backoff.max_duration",
                         "must be at least open_duration, which is " +
                             FormatDuration(open_duration) + ", is " +
                             FormatDuration(backoff.max_duration)});
  }
  CheckRatio("open_backoff.jitter", backoff.jitter, problems);
}

}  // namespace

bool operator==(const Window& a, const Window& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const Window& a, const Window& b) { return !(a == b); }

bool operator==(const FailureRate& a, const FailureRate& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const FailureRate& a, const FailureRate& b) {
  return !(a == b);
}

bool operator==(const SlowCallRate& a, const SlowCallRate& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const SlowCallRate& a, const SlowCallRate& b) {
  return !(a == b);
}

bool operator==(const OpenBackoff& a, const OpenBackoff& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const OpenBackoff& a, const OpenBackoff& b) {
  return !(a == b);
}

bool operator==(const RecoveryRamp& a, const RecoveryRamp& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const RecoveryRamp& a, const RecoveryRamp& b) {
  return !(a == b);
}

bool operator==(const HalfOpen& a, const HalfOpen& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const HalfOpen& a, const HalfOpen& b) { return !(a == b); }

bool operator==(const Settings& a, const Settings& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const Settings& a, const Settings& b) { return !(a == b); }

Problems Settings::Validate() const {
  Problems problems;
  if (failure_rate) {
    CheckThreshold("failure_rate.threshold", failure_rate->threshold,
                   &problems);
    CheckMinimumCalls("failure_rate.minimum_calls", failure_rate->minimum_calls,
                      window, &problems);
  }
  if (slow_call_rate) {
    RequirePositive("slow_call_rate.duration", slow_call_rate->duration,
                    &problems);
    CheckThreshold("slow_call_rate.threshold", slow_call_rate->threshold,
                   &problems);
    CheckMinimumCalls("slow_call_rate.minimum_calls",
                      slow_call_rate->minimum_calls, window, &problems);
  }
  Check(window, &problems);
  RequirePositive("open_duration", open_duration, &problems);
  if (open_backoff) Check(*open_backoff, open_duration, &problems);
  if (half_open.max_probes < 1 || half_open.max_probes > kMaxProbes) {
    problems.push_back({"half_open.max_probes",
                        "must be in [1, " + std::to_string(kMaxProbes) +
                            "], is " + std::to_string(half_open.max_probes)});
  }
  if (half_open.successes_to_close < 1) {
    problems.push_back(
        {"half_open.successes_to_close", "must be at least 1, is 0"});
  }
  RequirePositive("half_open.timeout", half_open.timeout, &problems);
  if (recovery_ramp) {
    RequirePositive("recovery_ramp.duration", recovery_ramp->duration,
                    &problems);
    CheckRatio("recovery_ramp.initial_ratio", recovery_ramp->initial_ratio,
               &problems);
  }
  if (max_pushback < Duration::zero()) {
    problems.push_back({"max_pushback", "must be at least 0s, is " +
                                            FormatDuration(max_pushback)});
  }
  if (Name(mode) == "?") {
    problems.push_back(
        {"mode", "must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is " +
                     std::to_string(static_cast<int>(mode))});
  }
  return problems;
}

}  // namespace fusebox
