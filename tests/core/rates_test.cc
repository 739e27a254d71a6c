// rates_test.cc: the failure rate and the slow-call rate of a breaker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr Verdict kSlowSuccess = {Outcome::kSuccess, Duration(2s)};
constexpr Verdict kSlowFailure = {Outcome::kFailure, Duration(2s)};

class FailureRateTest : public Script {
 protected:
  FailureRateTest() {
    settings_.consecutive_failures = 0;
    settings_.failure_rate = FailureRate{0.5, 4};
  }
};

TEST_F(FailureRateTest, TripsWhenTheThresholdIsReached) {
  Succeed(2);
  Fail(1);
  ExpectState(State::kClosed);  // 1 of 3: too few calls
  Fail(1);
  ExpectState(State::kOpen);  // 2 of 4
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: FAILURE_RATE"));
  EXPECT_EQ(Look().opened_by.failures, 2u);
  EXPECT_EQ(Look().opened_by.calls, 4u);
  EXPECT_EQ(Reject().cause.calls, 4u);
}

TEST_F(FailureRateTest, IsNotCheckedOnAFastSuccess) {
  Fail(3);
  Succeed(1);  // 3 of 4, but no rule is checked
  ExpectState(State::kClosed);
  Fail(1);
  ExpectState(State::kOpen);
}

TEST_F(FailureRateTest, LeavesIgnoredOutcomesOut) {
  Fail(2);
  Ignore(100);
  Fail(1);
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().window.calls, 3u);
}

TEST_F(FailureRateTest, OldOutcomesLeaveTheWindowOfTime) {
  Fail(3);
  Advance(10s);
  Fail(3);
  ExpectState(State::kClosed);
  Fail(1);
  ExpectState(State::kOpen);
}

TEST_F(FailureRateTest, AnOutcomeCountsFromTheTimeOfItsVerdict) {
  Permit early = Admit();
  Permit late = Admit();
  Fail(std::move(early));
  Advance(10s);
  Fail(2);
  Succeed();
  Fail(std::move(late));
  ExpectState(State::kOpen);
}

TEST_F(FailureRateTest, ProbesDoNotEnterTheWindowAndClosingEmptiesIt) {
  settings_.half_open.successes_to_close = 3;
  Fail(4);
  Advance(60s);
  Succeed(3);
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().window.calls, 0u);
  Fail(3);
  ExpectState(State::kClosed);
  Fail(1);
  ExpectState(State::kOpen);
}

TEST_F(FailureRateTest, AResetEmptiesTheWindow) {
  Fail(3);
  breaker().Reset();
  EXPECT_EQ(Look().window.calls, 0u);
  Fail(3);
  ExpectState(State::kClosed);
}

TEST_F(FailureRateTest, LateVerdictsDoNotEnterTheWindow) {
  Permit late = Admit();
  Permit another = Admit();
  breaker().Reset();
  Fail(3);
  Fail(std::move(late));
  Succeed(std::move(another));
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().window.calls, 3u);
}

TEST_F(FailureRateTest, InAWindowOfCallsCoversTheLastCalls) {
  settings_.window = Window::OfCalls(4);
  Succeed(100);
  Fail(1);
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().window.calls, 4u);
  Advance(24h);
  Succeed(2);
  Fail(1);
  ExpectState(State::kOpen);  // failure, success, success, failure
}

TEST_F(FailureRateTest, IsCheckedAfterConsecutiveFailures) {
  settings_.consecutive_failures = 4;
  Fail(4);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES"));
}

TEST_F(FailureRateTest, CountsABrokenStream) {
  Fail(3);
  breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  ExpectState(State::kOpen);
}

class SlowCallRateTest : public Script {
 protected:
  SlowCallRateTest() {
    settings_.consecutive_failures = 0;
    settings_.slow_call_rate = SlowCallRate{1s, 0.5, 4};
  }
};

TEST_F(SlowCallRateTest, TripsOnSlowSuccesses) {
  Succeed(2);
  Run(2, kSlowSuccess);
  ExpectState(State::kOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: SLOW_CALL_RATE"));
  EXPECT_EQ(Look().opened_by.slow_calls, 2u);
  EXPECT_EQ(Look().opened_by.calls, 4u);
  EXPECT_EQ(Look().opened_by.last_duration, 2s);
}

TEST_F(SlowCallRateTest, CountsSlowFailuresAndCountsEachCallOnce) {
  Run(3, kSlowFailure);
  EXPECT_EQ(Look().window.calls, 3u);
  EXPECT_EQ(Look().window.slow_calls, 3u);
  EXPECT_EQ(Look().window.failures, 3u);
  Run(1, kSlowSuccess);
  ExpectState(State::kOpen);
}

TEST_F(SlowCallRateTest, ACallOfExactlyTheDurationIsSlow) {
  Run(4, {Outcome::kSuccess, 1s - 1ns});
  EXPECT_EQ(Look().window.slow_calls, 0u);
  Run(1, {Outcome::kSuccess, 1s});
  EXPECT_EQ(Look().window.slow_calls, 1u);
}

TEST_F(SlowCallRateTest, ASlowSuccessEndsTheRunOfFailures) {
  settings_.consecutive_failures = 3;
  Fail(2);
  Run(1, kSlowSuccess);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  Fail(2);
  ExpectState(State::kClosed);
}

TEST_F(SlowCallRateTest, ASlowSuccessChecksEveryRule) {
  settings_.failure_rate = FailureRate{0.5, 4};
  settings_.slow_call_rate->threshold = 1;
  Fail(3);
  Run(1, kSlowSuccess);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: FAILURE_RATE"));
}

TEST_F(SlowCallRateTest, AFastFailureChecksTheSlowCallRate) {
  Run(3, kSlowSuccess);
  Fail(1);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: SLOW_CALL_RATE"));
}

TEST_F(SlowCallRateTest, ThePushbackOfASlowSuccessIsIgnored) {
  Run(3, kSlowSuccess);
  Run(1, {Outcome::kSuccess, 2s, 5min});
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(SlowCallRateTest, ABrokenStreamIsNotSlow) {
  breaker().ReportBrokenStream(kSlowFailure, true, Now());
  EXPECT_EQ(Look().window.calls, 1u);
  EXPECT_EQ(Look().window.failures, 1u);
  EXPECT_EQ(Look().window.slow_calls, 0u);
}

TEST_F(SlowCallRateTest, WithoutTheRuleNoCallIsSlow) {
  settings_.slow_call_rate.reset();
  settings_.failure_rate = FailureRate{1, 4};
  Run(10, {Outcome::kSuccess, Duration::max()});
  EXPECT_EQ(Look().window.slow_calls, 0u);
  EXPECT_EQ(Look().window.calls, 10u);
}

}  // namespace
}  // namespace fusebox
