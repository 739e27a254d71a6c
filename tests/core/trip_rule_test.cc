// trip_rule_test.cc: which rule opens the circuit, and at which counts.

#include "fusebox/core/internal/trip_rule.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

#include "fusebox/core/snapshot.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

TEST(Reaches, ComparesAsDoublesAndIncludesTheThreshold) {
  const struct {
    uint64_t part, calls;
    double threshold;
    uint32_t minimum_calls;
    bool reaches;
  } cases[] = {
      {10, 20, 0.5, 20, true},
      {9, 20, 0.5, 20, false},
      {10, 20, 0.5, 21, false},  // too few calls
      {20, 20, 1, 20, true},     // all of them
      {19, 20, 1, 20, false},
      {0, 20, 1e-300, 1, false},  // none of them
      {1, 1, 1, 1, true},
      {0, 0, 0.5, 1, false},   // no calls at all
      {1, 10, 0.1, 10, true},  // 0.1 is the double next to a tenth
      {3, 10, 0.3, 10, true},
      {29, 100, 0.29, 100, true},
      {2, 3, 2.0 / 3, 3, true},
      {uint64_t{1} << 40, uint64_t{1} << 41, 0.5, UINT32_MAX, true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Reaches(c.part, c.calls, c.threshold, c.minimum_calls), c.reaches)
        << c.part << " of " << c.calls << ", threshold " << c.threshold;
  }
}

// Returns settings that open after 5 consecutive failures, or when half of 4
// calls fail or are slow.
Settings ThreeRules() {
  Settings settings;
  settings.failure_rate = FailureRate{0.5, 4};
  settings.slow_call_rate = SlowCallRate{1s, 0.5, 4};
  return settings;
}

TEST(FirstToTrip, ChecksFailureRunThenFailureRateThenSlowCallRate) {
  const struct {
    uint32_t run;
    WindowCounts window;
    std::optional<TransitionReason> reason;
  } cases[] = {
      {5, {4, 4, 4}, TransitionReason::kConsecutiveFailures},
      {4, {4, 2, 2}, TransitionReason::kFailureRate},
      {0, {4, 2, 0}, TransitionReason::kFailureRate},
      {4, {4, 1, 2}, TransitionReason::kSlowCallRate},
      {4, {4, 1, 1}, std::nullopt},
      {4, {3, 3, 3}, std::nullopt},
      {6, {0, 0, 0}, TransitionReason::kConsecutiveFailures},
  };
  for (const auto& c : cases) {
    const auto cause = FirstToTrip(ThreeRules(), c.run, c.window);
    ASSERT_EQ(cause.has_value(), c.reason.has_value()) << c.run;
    if (cause) {
      EXPECT_EQ(cause->reason, *c.reason);
    }
  }
}

TEST(FirstToTrip, IgnoresRulesThatAreOff) {
  Settings settings;
  settings.consecutive_failures = 0;
  EXPECT_FALSE(FirstToTrip(settings, 1000, {1000, 1000, 1000}));
  EXPECT_FALSE(NeedsWindow(settings));
  settings.failure_rate = FailureRate{0.5};
  EXPECT_TRUE(NeedsWindow(settings));
  settings.failure_rate.reset();
  settings.slow_call_rate = SlowCallRate{1s, 0.5};
  EXPECT_TRUE(NeedsWindow(settings));
}

TEST(FirstToTrip, ReportsTheNumbersThatDecided) {
  const auto run = FirstToTrip(ThreeRules(), 7, {9, 7, 1});
  EXPECT_EQ(run->failures, 7u);
  EXPECT_EQ(run->calls, 0u);
  const auto failures = FirstToTrip(ThreeRules(), 0, {9, 7, 1});
  EXPECT_EQ(failures->failures, 7u);
  EXPECT_EQ(failures->calls, 9u);
  EXPECT_EQ(failures->slow_calls, 0u);
  const auto slow = FirstToTrip(ThreeRules(), 0, {9, 1, 6});
  EXPECT_EQ(slow->failures, 0u);
  EXPECT_EQ(slow->calls, 9u);
  EXPECT_EQ(slow->slow_calls, 6u);
  const auto many =
      FirstToTrip(ThreeRules(), 0, {uint64_t{1} << 40, uint64_t{1} << 40, 0});
  EXPECT_EQ(many->failures, UINT32_MAX);
}

}  // namespace
}  // namespace fusebox::internal
