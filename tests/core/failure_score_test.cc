// failure_score_test.cc: the score of failures and successes opens the circuit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// A score of 20 opens the circuit, and no other rule does.
class FailureScoreTest : public Script {
 protected:
  FailureScoreTest() {
    settings_.consecutive_failures = 0;
    settings_.failure_score = FailureScore{20};
  }
  uint32_t Score() { return Look().failure_score; }
};

TEST_F(FailureScoreTest, OpensAfterTenFailuresOfAFullOutage) {
  Fail(9);
  EXPECT_EQ(Score(), 18u);
  ExpectState(State::kClosed);
  Fail();
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: FAILURE_SCORE"));
  EXPECT_EQ(told_[0].cause.failures, 20u);
  EXPECT_EQ(told_[0].cause.calls, 0u);
}

TEST_F(FailureScoreTest, OpensAfterThirtySevenCallsIfEverySecondOneFails) {
  for (int i = 0; i < 18; ++i) {
    Fail();
    Succeed();
  }
  EXPECT_EQ(Score(), 18u);
  ExpectState(State::kClosed);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(FailureScoreTest, NeverOpensIfEveryThirdCallFails) {
  for (int i = 0; i < 1000; ++i) {
    Fail();
    Succeed(2);
    EXPECT_EQ(Score(), 0u);
  }
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(FailureScoreTest, HasThePointsOfItsPolicy) {
  settings_.failure_score = FailureScore{10, 4, 3};
  Fail(2);
  EXPECT_EQ(Score(), 8u);
  Succeed();
  EXPECT_EQ(Score(), 5u);
  Succeed(2);
  EXPECT_EQ(Score(), 0u);
  Fail(2);
  ExpectState(State::kClosed);
  Fail();
  EXPECT_EQ(told_.at(0).cause.failures, 12u);
}

TEST_F(FailureScoreTest, IsNotChangedByIgnoredAndAbandonedCalls) {
  Fail(9);
  Ignore(5);
  Abandon(Admit());
  EXPECT_EQ(Score(), 18u);
}

TEST_F(FailureScoreTest, IsCheckedAfterConsecutiveFailures) {
  settings_.consecutive_failures = 10;
  Fail(10);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES"));
}

TEST_F(FailureScoreTest, IsCheckedBeforeTheRates) {
  settings_.failure_rate = FailureRate{1, 10};
  settings_.slow_call_rate = SlowCallRate{1s, 1, 10};
  Run(10, {Outcome::kFailure, 1s});
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: FAILURE_SCORE"));
}

TEST_F(FailureScoreTest, LeavesOtherRulesAsTheyAre) {
  settings_.failure_rate = FailureRate{0.5, 4};
  Succeed(2);
  Fail(2);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: FAILURE_RATE"));
}

TEST_F(FailureScoreTest, CountsSuccessesWhateverTheWindow) {
  for (const Window window : {Window::OfTime(10s), Window::OfCalls(5)}) {
    settings_.window = window;
    settings_.failure_rate = FailureRate{1, 5};
    EXPECT_TRUE(breaker().Update(settings_, Now()));
    breaker().Reset();
    Succeed(6);  // fills a window of calls
    Fail(3);
    Succeed(2);
    EXPECT_EQ(Score(), 4u);
    Succeed(10);
    EXPECT_EQ(Score(), 0u);
  }
}

TEST_F(FailureScoreTest, CountsASlowSuccess) {
  settings_.slow_call_rate = SlowCallRate{1s, 1, 100};
  Fail(3);
  Run(1, {Outcome::kSuccess, 1s});
  EXPECT_EQ(Score(), 5u);
}

TEST_F(FailureScoreTest, CountsASuccessThatHoldsASlotOfTheBulkhead) {
  settings_.max_concurrent_calls = 5;
  Fail(3);
  Succeed();
  EXPECT_EQ(Score(), 5u);
}

TEST_F(FailureScoreTest, CountsABrokenStream) {
  breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  EXPECT_EQ(Score(), 2u);
  breaker().ReportBrokenStream({Outcome::kFailure}, false, Now());
  EXPECT_EQ(Score(), 2u);
}

TEST_F(FailureScoreTest, GrowsHoweverFarApartFailuresAre) {
  settings_.max_failure_gap = 1s;
  Fail();
  Advance(2s);
  Fail();
  EXPECT_EQ(Score(), 4u);
  EXPECT_EQ(Look().consecutive_failures, 1u);
}

TEST_F(FailureScoreTest, IsZeroAfterClosing) {
  Fail(10);
  Advance(60s);
  Succeed();
  ExpectState(State::kClosed);
  EXPECT_EQ(Score(), 0u);
  Fail(9);
  ExpectState(State::kClosed);
}

TEST_F(FailureScoreTest, IsNotChangedByProbesAndLateVerdicts) {
  settings_.half_open.successes_to_close = 2;
  Permit late_failure = Admit();
  Permit late_success = Admit();
  Fail(10);
  Advance(60s);
  Succeed(2);
  Fail(2);
  Fail(std::move(late_failure));
  Succeed(std::move(late_success));
  EXPECT_EQ(Score(), 4u);
}

TEST_F(FailureScoreTest, IsZeroAfterAReset) {
  Fail(9);
  breaker().Reset();
  EXPECT_EQ(Score(), 0u);
}

TEST_F(FailureScoreTest, IsZeroWithoutTheRule) {
  settings_.failure_score.reset();
  Fail(100);
  EXPECT_EQ(Score(), 0u);
  ExpectState(State::kClosed);
}

TEST_F(FailureScoreTest, SurvivesAnUpdateThatKeepsTheRule) {
  Fail(9);
  settings_.failure_score = FailureScore{30, 1, 5};
  EXPECT_TRUE(breaker().Update(settings_, Now()));
  EXPECT_EQ(Score(), 18u);
  Fail();
  EXPECT_EQ(Score(), 19u);
  Succeed();
  EXPECT_EQ(Score(), 14u);
}

TEST_F(FailureScoreTest, StartsAtZeroWhenTheRuleIsSwitchedOnAgain) {
  Fail(9);
  const auto rule = std::exchange(settings_.failure_score, std::nullopt);
  EXPECT_TRUE(breaker().Update(settings_, Now()));
  EXPECT_EQ(Score(), 0u);
  EXPECT_EQ(Look().consecutive_failures, 9u);
  settings_.failure_score = rule;
  EXPECT_TRUE(breaker().Update(settings_, Now()));
  Fail();
  EXPECT_EQ(Score(), 2u);
}

TEST_F(FailureScoreTest, GrowsInADryRunAndNotInADisabledBreaker) {
  settings_.mode = Mode::kDryRun;
  Fail(2);
  EXPECT_EQ(Score(), 4u);
  breaker().SetOperatorMode(Mode::kDisabled);
  Fail(2);
  Succeed(2);
  EXPECT_EQ(Score(), 4u);
}

TEST_F(FailureScoreTest, ItsLargestThresholdWorks) {
  settings_.failure_score = FailureScore{65535, 40000, 1};
  Fail();
  ExpectState(State::kClosed);
  Fail();
  ExpectState(State::kOpen);
  EXPECT_EQ(Reject().cause.failures, 65535u);
}

}  // namespace
}  // namespace fusebox
