// open_test.cc: OPEN rejects calls until the opening is over, and no longer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using Open = Script;
using Pushback = Script;
using testing::ElementsAre;

TEST_F(Open, RejectsWithTheRestOfTheOpening) {
  Fail(5);
  Advance(18s);
  const Rejection rejection = Reject();
  EXPECT_EQ(rejection.reason, RejectionReason::kOpen);
  EXPECT_EQ(rejection.state, State::kOpen);
  EXPECT_EQ(rejection.retry_after, 42s);
}

TEST_F(Open, RetryAfterIsExactToTheNanosecond) {
  settings_.open_duration = 60s + 1ns;
  Fail(5);
  EXPECT_EQ(Reject().retry_after, 60s + 1ns);
  Advance(1ns);
  EXPECT_EQ(Reject().retry_after, 60s);
  Advance(60s - 1ns);
  EXPECT_EQ(Reject().retry_after, 1ns);
}

TEST_F(Open, TheRejectionSaysWhatOpenedTheCircuit) {
  Run(5, {Outcome::kFailure, 20ms});
  const Cause cause = Reject().cause;
  EXPECT_EQ(cause.reason, TransitionReason::kConsecutiveFailures);
  EXPECT_EQ(cause.failures, 5u);
  EXPECT_EQ(cause.last_duration, 20ms);
}

TEST_F(Open, RejectsUntilTheLastNanosecond) {
  Fail(5);
  Advance(60s - 1ns);
  EXPECT_EQ(Reject().reason, RejectionReason::kOpen);
  ExpectState(State::kOpen);
}

TEST_F(Open, TheFirstCallAtItsEndIsAProbe) {
  Fail(5);
  Advance(60s);
  const Permit permit = Admit();
  EXPECT_TRUE(permit.is_probe());
  ExpectState(State::kHalfOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED"));
  EXPECT_EQ(Look().generation, 3u);
}

TEST_F(Open, StaysOpenWhileNobodyCalls) {
  Fail(5);
  Advance(24h);
  ExpectState(State::kOpen);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(Open, RejectionsDoNotProlongIt) {
  Fail(5);
  for (int i = 0; i < 60; ++i) {
    Reject();
    Advance(1s);
  }
  EXPECT_TRUE(Admit().is_probe());
  EXPECT_EQ(Totals().rejected[static_cast<int>(RejectionReason::kOpen)], 60u);
}

TEST_F(Open, LateFailuresNeverProlongIt) {
  std::vector<Permit> late;
  for (int i = 0; i < 32; ++i) late.push_back(Admit());
  Fail(5);
  const auto open_until = Look().open_until;
  for (Permit& permit : late) {
    Advance(1s);
    End(std::move(permit), {Outcome::kFailure, 1s, 5min});
  }
  EXPECT_EQ(Look().open_until, open_until);
  EXPECT_EQ(Reject().retry_after, 28s);
  EXPECT_EQ(Totals().failures, 37u);
  EXPECT_EQ(Totals().late, 32u);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(Open, ALateSuccessDoesNotCloseIt) {
  Permit late = Admit();
  Fail(5);
  Succeed(std::move(late));
  ExpectState(State::kOpen);
  EXPECT_EQ(Totals().successes, 1u);
}

TEST_F(Open, TheSnapshotGivesItsBeginningAndItsEnd) {
  Fail(5);
  const TimePoint opened = Now();
  Advance(5s);
  EXPECT_EQ(Look().since, opened);
  EXPECT_EQ(Look().open_until, opened + 60s);
  EXPECT_EQ(Look().openings, 1u);
  EXPECT_EQ(Look().opened_by.failures, 5u);
  EXPECT_EQ(Look().consecutive_failures, 0u);
}

TEST_F(Pushback, LongerThanTheOpeningReplacesItsLength) {
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, 90s});
  EXPECT_EQ(Reject().retry_after, 90s);
  EXPECT_EQ(told_.back().open_duration, 90s);
}

TEST_F(Pushback, ShorterThanTheOpeningChangesNothing) {
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, 59s});
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, IsCappedByMaxPushback) {
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, 24h});
  EXPECT_EQ(Reject().retry_after, 5min);
}

TEST_F(Pushback, ACapBelowTheOpeningDoesNotShortenIt) {
  settings_.max_pushback = 1s;
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, 24h});
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, IsIgnoredIfTheCapIsZero) {
  settings_.max_pushback = 0s;
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, 24h});
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, IsIgnoredIfHonorPushbackIsOff) {
  settings_.honor_pushback = false;
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, 90s});
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, IsIgnoredIfNegative) {
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, Duration::min()});
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, IsForgottenIfTheFailureDoesNotOpenTheCircuit) {
  Run(4, {Outcome::kFailure, 1ms, 90s});
  Fail();
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, OfASuccessOrAnIgnoredOutcomeIsIgnored) {
  Run(1, {Outcome::kSuccess, 1ms, 90s});
  Run(1, {Outcome::kIgnored, 1ms, 90s});
  ExpectState(State::kClosed);
  Fail(5);
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, OfAFailedProbeLengthensTheNextOpening) {
  Fail(5);
  Advance(60s);
  Run(1, {Outcome::kFailure, 1ms, 90s});
  EXPECT_EQ(Reject().retry_after, 90s);
  Advance(90s);
  Fail();
  EXPECT_EQ(Reject().retry_after, 60s);
}

}  // namespace
}  // namespace fusebox
