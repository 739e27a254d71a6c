// settings_test.cc: tests the defaults of settings and their validation.

#include "fusebox/core/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>

#include "fusebox/base/problem.h"
#include "fusebox/core/breaker.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Settings, DefaultsAreThoseOfTheClassicBreaker) {
  const Settings settings;
  EXPECT_EQ(settings.consecutive_failures, 5u);
  EXPECT_EQ(settings.open_duration, 60s);
  EXPECT_EQ(settings.half_open.max_probes, 1u);
  EXPECT_EQ(settings.half_open.successes_to_close, 1u);
  EXPECT_EQ(settings.half_open.timeout, 30s);
  EXPECT_TRUE(settings.honor_pushback);
  EXPECT_EQ(settings.max_pushback, 5min);
  EXPECT_EQ(settings.mode, Mode::kEnforce);
  EXPECT_THAT(settings.Validate(), IsEmpty());
}

TEST(Settings, AreValidAtTheirLimits) {
  Settings settings;
  settings.consecutive_failures = 0;
  settings.open_duration = 1ns;
  settings.half_open.max_probes = 4096;
  settings.half_open.timeout = Duration::max();
  settings.max_pushback = 0s;
  settings.max_failure_gap = Duration::max();
  EXPECT_THAT(settings.Validate(), IsEmpty());
  settings.consecutive_failures = UINT32_MAX;
  settings.open_duration = Duration::max();
  settings.half_open.max_probes = 1;
  settings.half_open.successes_to_close = UINT32_MAX;
  settings.max_pushback = Duration::max();
  settings.mode = Mode::kForcedOpen;
  EXPECT_THAT(settings.Validate(), IsEmpty());
}

TEST(Settings, ReportEveryProblemInTheOrderOfTheFields) {
  Settings settings;
  settings.open_duration = 0s;
  settings.half_open.max_probes = 0;
  settings.half_open.successes_to_close = 0;
  settings.half_open.timeout = -500ms;
  settings.max_pushback = -1ns;
  settings.mode = static_cast<Mode>(4);
  EXPECT_THAT(
      settings.Validate(),
      ElementsAre(
          Problem{"open_duration", "must be greater than 0s, is 0s"},
          Problem{"half_open.max_probes", "must be in [1, 4096], is 0"},
          Problem{"half_open.successes_to_close", "must be at least 1, is 0"},
          Problem{"half_open.timeout", "must be greater than 0s, is -0.5s"},
          Problem{"max_pushback", "must be at least 0s, is -0.000000001s"},
          Problem{"mode",
                  "must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is 4"}));
}

// Returns the text of the problem at `path`, or an empty text without one.
std::string ProblemAt(const std::string& path, const Settings& settings) {
  for (const Problem& problem : settings.Validate()) {
    if (problem.path == path) return ToString(problem);
  }
  return "";
}

// Returns the default settings with one other field.
template <typename Field, typename Value>
Settings With(Field Settings::*field, const Value& value) {
  Settings settings;
  settings.*field = value;
  return settings;
}

TEST(Settings, CheckEveryFieldOfRulesAndGroups) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  Settings small_window = With(&Settings::failure_rate, FailureRate{0.5, 11});
  small_window.window = Window::OfCalls(10);
  const struct {
    const char* path;
    Settings settings;
    const char* message;
  } cases[] = {
      {"max_failure_gap", With(&Settings::max_failure_gap, Duration(-1)),
       "must be at least 0s, is -0.000000001s"},
      {"failure_score.threshold",
       With(&Settings::failure_score, FailureScore{}),
       "must be in [1, 65535], is 0"},
      {"failure_score.failure",
       With(&Settings::failure_score, FailureScore{20, 0, 1}),
       "must be in [1, 65535], is 0"},
      {"failure_score.success",
       With(&Settings::failure_score, FailureScore{20, 2, 65536}),
       "must be in [1, 65535], is 65536"},
      {"failure_rate.threshold", With(&Settings::failure_rate, FailureRate{0}),
       "must be in (0, 1], is 0"},
      {"failure_rate.threshold",
       With(&Settings::failure_rate, FailureRate{1.5}),
       "must be in (0, 1], is 1.5"},
      {"failure_rate.threshold",
       With(&Settings::failure_rate, FailureRate{nan}),
       "must be in (0, 1], is nan"},
      {"failure_rate.minimum_calls",
       With(&Settings::failure_rate, FailureRate{0.5, 0}),
       "must be at least 1, is 0"},
      {"failure_rate.minimum_calls", small_window,
       "must be at most window.calls, which is 10, is 11"},
      {"slow_call_rate.duration",
       With(&Settings::slow_call_rate, SlowCallRate{0s, 0.5}),
       "must be greater than 0s, is 0s"},
      {"slow_call_rate.threshold",
       With(&Settings::slow_call_rate, SlowCallRate{1s, -0.5}),
       "must be in (0, 1], is -0.5"},
      {"slow_call_rate.minimum_calls",
       With(&Settings::slow_call_rate, SlowCallRate{1s, 0.5, 0}),
       "must be at least 1, is 0"},
      {"window.duration", With(&Settings::window, Window::OfTime(9999ns)),
       "must be at least 0.00001s, is 0.000009999s"},
      {"window.duration", With(&Settings::window, Window{1s, 5}),
       "must be 0s where window.calls is given, is 1s"},
      {"window.calls", With(&Settings::window, Window::OfCalls(4097)),
       "must be in [1, 4096], is 4097"},
      {"half_open.max_probes", With(&Settings::half_open, HalfOpen{4097}),
       "must be in [1, 4096], is 4097"},
      {"open_backoff.multiplier",
       With(&Settings::open_backoff, OpenBackoff{0.5, 60s}),
       "must be at least 1 and finite, is 0.5"},
      {"open_backoff.multiplier",
       With(&Settings::open_backoff, OpenBackoff{infinity, 60s}),
       "must be at least 1 and finite, is inf"},
      {"open_backoff.max_duration",
       With(&Settings::open_backoff, OpenBackoff{2, 59s}),
       "must be at least open_duration, which is 60s, is 59s"},
      {"open_backoff.jitter",
       With(&Settings::open_backoff, OpenBackoff{2, 60s, 1.5}),
       "must be in [0, 1], is 1.5"},
      {"recovery_ramp.duration",
       With(&Settings::recovery_ramp, RecoveryRamp{0s, 0.1}),
       "must be greater than 0s, is 0s"},
      {"recovery_ramp.initial_ratio",
       With(&Settings::recovery_ramp, RecoveryRamp{1s, nan}),
       "must be in [0, 1], is nan"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ProblemAt(c.path, c.settings),
              c.path + std::string(": ") + c.message);
  }
}

TEST(Settings, AreValidWithRulesAndGroupsAtTheirLimits) {
  Settings settings;
  settings.failure_score = FailureScore{1, 65535, 65535};
  settings.failure_rate = FailureRate{1, 4096};
  settings.slow_call_rate = SlowCallRate{1ns, 1, 1};
  settings.window = Window::OfCalls(4096);
  settings.open_backoff = OpenBackoff{1, 60s, 1};
  settings.recovery_ramp = RecoveryRamp{1ns, 1};
  settings.max_concurrent_calls = UINT32_MAX;
  EXPECT_THAT(settings.Validate(), IsEmpty());
  settings.window = Window::OfTime(10us);
  EXPECT_EQ(ProblemAt("window.duration", settings), "");
}

TEST(Settings, AreEqualIfEveryFieldIsEqual) {
  const Settings original;
  EXPECT_TRUE(original == Settings());
  EXPECT_FALSE(original != Settings());
  const Settings others[] = {
      With(&Settings::consecutive_failures, 6u),
      With(&Settings::max_failure_gap, Duration(1)),
      With(&Settings::open_duration, original.open_duration + 1ns),
      With(&Settings::half_open, HalfOpen{2, 1, 30s, false}),
      With(&Settings::half_open, HalfOpen{1, 2, 30s, false}),
      With(&Settings::half_open, HalfOpen{1, 1, 30s + 1ns, false}),
      With(&Settings::half_open, HalfOpen{1, 1, 30s, true}),
      With(&Settings::failure_score, FailureScore{20}),
      With(&Settings::failure_rate, FailureRate{0.5}),
      With(&Settings::slow_call_rate, SlowCallRate{1s, 0.5}),
      With(&Settings::window, Window::OfCalls(10)),
      With(&Settings::open_backoff, OpenBackoff{2, 60s}),
      With(&Settings::recovery_ramp, RecoveryRamp{1s, 0.1}),
      With(&Settings::max_concurrent_calls, 1u),
      With(&Settings::honor_pushback, false),
      With(&Settings::max_pushback, original.max_pushback + 1ns),
      With(&Settings::mode, Mode::kDryRun),
  };
  for (size_t i = 0; i < std::size(others); ++i) {
    EXPECT_TRUE(others[i] != original) << i;
    EXPECT_FALSE(others[i] == original) << i;
  }
}

TEST(Problems, ArePrintedOnOneLine) {
  const Problems problems = {{"a", "must be 1, is 2"}, {"b.c", "must go"}};
  EXPECT_EQ(ToString(problems), "a: must be 1, is 2; b.c: must go");
  EXPECT_EQ(ToString(Problems()), "");
  std::ostringstream os;
  os << problems[1];
  EXPECT_EQ(os.str(), "b.c: must go");
}

TEST(Problems, ShowTheValueAndTheOtherField) {
  EXPECT_EQ(ToString(Problem{"a", "must be 1", "2"}), "a: must be 1, is 2");
  EXPECT_EQ(ToString(Problem{"a", kAtLeastOther, "1", "b", "2"}),
            "a: must be at least b, which is 2, is 1");
  EXPECT_EQ(
      ToString(Problem{"a", "must be 0 where {other} is given", "1", "b"}),
      "a: must be 0 where b is given, is 1");
  EXPECT_EQ(ToString(Problem{"a", "{value} is also {other}", "{other}", "b"}),
            "a: {other} is also b");
  EXPECT_EQ(ToString(Problem{"a", "unexpected '{value}' or '{other}'"}),
            "a: unexpected '{value}' or '{other}'");
}

TEST(Create, RefusesInvalidSettingsAndSaysWhy) {
  Settings settings;
  settings.open_duration = 0s;
  settings.half_open.max_probes = 0;
  Problems problems;
  EXPECT_EQ(Breaker::Create("b", settings, Breaker::Options(), &problems),
            nullptr);
  EXPECT_EQ(problems, settings.Validate());
  EXPECT_EQ(problems.size(), 2u);
  EXPECT_EQ(Breaker::Create("b", settings), nullptr);
}

TEST(Create, ClearsTheProblemsForValidSettings) {
  Problems problems = {{"old", "problem"}};
  const auto breaker =
      Breaker::Create("b", Settings(), Breaker::Options(), &problems);
  ASSERT_NE(breaker, nullptr);
  EXPECT_EQ(breaker->name(), "b");
  EXPECT_EQ(&breaker->clock(), &PreciseClock());
  EXPECT_THAT(problems, IsEmpty());
}

}  // namespace
}  // namespace fusebox
