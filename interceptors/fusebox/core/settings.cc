#include "fusebox/core/settings.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/number.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/internal/failure_word.h"
#include "fusebox/core/types.h"

namespace fusebox {
namespace {

constexpr uint32_t kMaxProbes = 4096;
constexpr uint32_t kMaxScore = internal::FailureWord::kMaxScore;
constexpr uint32_t kMaxWindowCalls = 4096;
constexpr Duration kShortestWindow{10'000};  // one microsecond per bucket

auto Fields(const Window& w) { return std::tie(w.duration, w.calls); }
auto Fields(const FailureScore& s) {
  return std::tie(s.threshold, s.failure, s.success);
}
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
  return std::tie(s.consecutive_failures, s.max_failure_gap, s.failure_score,
                  s.failure_rate, s.slow_call_rate, s.window, s.open_duration,
                  s.open_backoff, s.half_open, s.recovery_ramp,
                  s.max_concurrent_calls, s.honor_pushback, s.max_pushback,
                  s.mode);
}

std::string InOneTo(uint32_t max) {
  return "must be in [1, " + std::to_string(max) + "]";
}

}  // namespace

bool operator==(const Window& a, const Window& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const Window& a, const Window& b) { return !(a == b); }

bool operator==(const FailureScore& a, const FailureScore& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const FailureScore& a, const FailureScore& b) {
  return !(a == b);
}

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

// Comparisons are written so that NaN fails them.
Problems Settings::Validate() const {
  Problems problems;
  const auto require = [&](bool holds, Problem problem) {
    if (!holds) problems.push_back(std::move(problem));
  };
  const auto positive = [&](const char* path, Duration value) {
    require(value > Duration::zero(),
            {path, "must be greater than 0s", FormatDuration(value)});
  };
  const auto not_negative = [&](const char* path, Duration value) {
    require(value >= Duration::zero(),
            {path, "must be at least 0s", FormatDuration(value)});
  };
  const auto points = [&](const char* path, uint32_t value) {
    require(value >= 1 && value <= kMaxScore,
            {path, InOneTo(kMaxScore), std::to_string(value)});
  };
  const auto threshold = [&](const char* path, double value) {
    require(value > 0 && value <= 1,
            {path, "must be in (0, 1]", internal::Number(value)});
  };
  const auto ratio = [&](const char* path, double value) {
    require(value >= 0 && value <= 1,
            {path, "must be in [0, 1]", internal::Number(value)});
  };
  const auto minimum_calls = [&](const char* path, uint32_t value) {
    require(value >= 1, {path, "must be at least 1", "0"});
    require(window.calls == 0 || value <= window.calls,
            {path, kAtMostOther, std::to_string(value), "window.calls",
             std::to_string(window.calls)});
  };

  not_negative("max_failure_gap", max_failure_gap);
  if (failure_score) {
    points("failure_score.threshold", failure_score->threshold);
    points("failure_score.failure", failure_score->failure);
    points("failure_score.success", failure_score->success);
  }
  if (failure_rate) {
    threshold("failure_rate.threshold", failure_rate->threshold);
    minimum_calls("failure_rate.minimum_calls", failure_rate->minimum_calls);
  }
  if (slow_call_rate) {
    positive("slow_call_rate.duration", slow_call_rate->duration);
    threshold("slow_call_rate.threshold", slow_call_rate->threshold);
    minimum_calls("slow_call_rate.minimum_calls",
                  slow_call_rate->minimum_calls);
  }
  if (window.calls == 0) {
    require(window.duration >= kShortestWindow,
            {"window.duration",
             "must be at least " + FormatDuration(kShortestWindow),
             FormatDuration(window.duration)});
  } else {
    require(window.calls <= kMaxWindowCalls,
            {"window.calls", InOneTo(kMaxWindowCalls),
             std::to_string(window.calls)});
    require(window.duration == Duration::zero(),
            {"window.duration", "must be 0s where {other} is given",
             FormatDuration(window.duration), "window.calls"});
  }
  positive("open_duration", open_duration);
  if (open_backoff) {
    const OpenBackoff& backoff = *open_backoff;
    require(backoff.multiplier >= 1 && std::isfinite(backoff.multiplier),
            {"open_backoff.multiplier", "must be at least 1 and finite",
             internal::Number(backoff.multiplier)});
    require(backoff.max_duration >= open_duration,
            {"open_backoff.max_duration", kAtLeastOther,
             FormatDuration(backoff.max_duration), "open_duration",
             FormatDuration(open_duration)});
    ratio("open_backoff.jitter", backoff.jitter);
  }
  require(half_open.max_probes >= 1 && half_open.max_probes <= kMaxProbes,
          {"half_open.max_probes", InOneTo(kMaxProbes),
           std::to_string(half_open.max_probes)});
  require(half_open.successes_to_close >= 1,
          {"half_open.successes_to_close", "must be at least 1", "0"});
  positive("half_open.timeout", half_open.timeout);
  if (recovery_ramp) {
    positive("recovery_ramp.duration", recovery_ramp->duration);
    ratio("recovery_ramp.initial_ratio", recovery_ramp->initial_ratio);
  }
  not_negative("max_pushback", max_pushback);
  require(Name(mode) != "?",
          {"mode", "must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN",
           std::to_string(static_cast<int>(mode))});
  return problems;
}

}  // namespace fusebox
