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

// Returns settings that open after 5 consecutive failures, at a score of 20, or
// when half of 4 calls fail or are slow.
Settings FourRules() {
  Settings settings;
  settings.failure_score = FailureScore{20};
  settings.failure_rate = FailureRate{0.5, 4};
  settings.slow_call_rate = SlowCallRate{1s, 0.5, 4};
  return settings;
}

TEST(FirstToTrip, ChecksTheRunThenTheScoreThenTheRates) {
  const struct {
    FailureWord::Reading counts;
    WindowCounts window;
    std::optional<TransitionReason> reason;
  } cases[] = {
      {{5, 20}, {4, 4, 4}, TransitionReason::kConsecutiveFailures},
      {{4, 20}, {4, 2, 2}, TransitionReason::kFailureScore},
      {{0, 21}, {0, 0, 0}, TransitionReason::kFailureScore},
      {{4, 19}, {4, 2, 2}, TransitionReason::kFailureRate},
      {{0, 0}, {4, 2, 0}, TransitionReason::kFailureRate},
      {{4, 19}, {4, 1, 2}, TransitionReason::kSlowCallRate},
      {{4, 19}, {4, 1, 1}, std::nullopt},
      {{4, 19}, {3, 3, 3}, std::nullopt},
      {{6, 0}, {0, 0, 0}, TransitionReason::kConsecutiveFailures},
  };
  for (const auto& c : cases) {
    const auto cause = FirstToTrip(FourRules(), c.counts, c.window);
    ASSERT_EQ(cause.has_value(), c.reason.has_value()) << c.counts.run;
    if (cause) {
      EXPECT_EQ(cause->reason, *c.reason);
    }
  }
}

TEST(FirstToTrip, IgnoresRulesThatAreOff) {
  Settings settings;
  settings.consecutive_failures = 0;
  EXPECT_FALSE(FirstToTrip(settings, {1000, 1000}, {1000, 1000, 1000}));
  EXPECT_FALSE(NeedsWindow(settings));
  settings.failure_rate = FailureRate{0.5};
  EXPECT_TRUE(NeedsWindow(settings));
  settings.failure_rate.reset();
  settings.slow_call_rate = SlowCallRate{1s, 0.5};
  EXPECT_TRUE(NeedsWindow(settings));
}

TEST(FirstToTrip, ReportsTheNumbersThatDecided) {
  const auto run = FirstToTrip(FourRules(), {7, 30}, {9, 7, 1});
  EXPECT_EQ(run->failures, 7u);
  EXPECT_EQ(run->calls, 0u);
  const auto score = FirstToTrip(FourRules(), {4, 21}, {9, 7, 1});
  EXPECT_EQ(score->failures, 21u);
  EXPECT_EQ(score->calls, 0u);
  const auto failures = FirstToTrip(FourRules(), {0, 0}, {9, 7, 1});
  EXPECT_EQ(failures->failures, 7u);
  EXPECT_EQ(failures->calls, 9u);
  EXPECT_EQ(failures->slow_calls, 0u);
  const auto slow = FirstToTrip(FourRules(), {0, 0}, {9, 1, 6});
  EXPECT_EQ(slow->failures, 0u);
  EXPECT_EQ(slow->calls, 9u);
  EXPECT_EQ(slow->slow_calls, 6u);
  const auto many = FirstToTrip(FourRules(), {0, 0},
                                {uint64_t{1} << 40, uint64_t{1} << 40, 0});
  EXPECT_EQ(many->failures, UINT32_MAX);
}

}  // namespace
}  // namespace fusebox::internal
