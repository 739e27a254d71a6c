// settings_test.cc: the defaults, and what is wrong with settings, all at once.

#include "fusebox/core/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

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

TEST(Settings, AtTheirLimitsAreValid) {
  Settings settings;
  settings.consecutive_failures = 0;
  settings.open_duration = 1ns;
  settings.half_open.max_probes = 4096;
  settings.half_open.timeout = Duration::max();
  settings.max_pushback = 0s;
  EXPECT_THAT(settings.Validate(), IsEmpty());
  settings.consecutive_failures = UINT32_MAX;
  settings.open_duration = Duration::max();
  settings.half_open.max_probes = 1;
  settings.half_open.successes_to_close = UINT32_MAX;
  settings.max_pushback = Duration::max();
  settings.mode = Mode::kForcedOpen;
  EXPECT_THAT(settings.Validate(), IsEmpty());
}

TEST(Settings, EveryProblemIsToldAtOnceInTheOrderOfTheFields) {
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

TEST(Settings, TooManyProbesAreAProblem) {
  Settings settings;
  settings.half_open.max_probes = 4097;
  EXPECT_THAT(settings.Validate(),
              ElementsAre(Problem{"half_open.max_probes",
                                  "must be in [1, 4096], is 4097"}));
}

TEST(Settings, AreEqualWhenEveryFieldIs) {
  const Settings original;
  EXPECT_TRUE(original == Settings());
  EXPECT_FALSE(original != Settings());
  const auto differs = [&](auto change) {
    Settings changed;
    change(changed);
    return changed != original && !(changed == original);
  };
  EXPECT_TRUE(differs([](Settings& s) { s.consecutive_failures = 6; }));
  EXPECT_TRUE(differs([](Settings& s) { s.open_duration += 1ns; }));
  EXPECT_TRUE(differs([](Settings& s) { s.half_open.max_probes = 2; }));
  EXPECT_TRUE(differs([](Settings& s) { s.half_open.successes_to_close = 2; }));
  EXPECT_TRUE(differs([](Settings& s) { s.half_open.timeout += 1ns; }));
  EXPECT_TRUE(differs([](Settings& s) { s.honor_pushback = false; }));
  EXPECT_TRUE(differs([](Settings& s) { s.max_pushback += 1ns; }));
  EXPECT_TRUE(differs([](Settings& s) { s.mode = Mode::kDryRun; }));
}

TEST(Problems, AreOneLineInPrint) {
  const Problems problems = {{"a", "must be 1, is 2"}, {"b.c", "must go"}};
  EXPECT_EQ(ToString(problems), "a: must be 1, is 2; b.c: must go");
  EXPECT_EQ(ToString(Problems()), "");
  std::ostringstream os;
  os << problems[1];
  EXPECT_EQ(os.str(), "b.c: must go");
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

TEST(Create, OfValidSettingsClearsTheProblems) {
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
