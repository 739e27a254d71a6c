// time_test.cc: time that stands still, runs backwards, or reaches its limits.

#include <gtest/gtest.h>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using TimeBackwards = Script;
using ExtremeTime = Script;

constexpr Verdict kFailure = {Outcome::kFailure};

TEST_F(TimeBackwards, RetryAfterNeverExceedsTheOpening) {
  Fail(5);
  Advance(-30min);
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(TimeBackwards, TheOpeningStillEndsAtItsTime) {
  Fail(5);
  Advance(-10s);
  Advance(10s + 60s - 1ns);
  EXPECT_EQ(Reject().retry_after, 1ns);
  Advance(1ns);
  EXPECT_TRUE(Admit().is_probe());
}

TEST_F(TimeBackwards, AProbeThatFailsInThePastOpensFromTheLatestTime) {
  OpenAndWait();
  const TimePoint latest = Now();
  Permit probe = Admit();
  EXPECT_TRUE(probe.Settle(kFailure, latest - 20s));
  EXPECT_EQ(Look().since, latest);
  EXPECT_EQ(Look().open_until, latest + 60s);
}

TEST_F(TimeBackwards, TheLeaseOfAProbeStandsStill) {
  OpenAndWait();
  const Permit probe = Admit();
  Advance(-40s);
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
  Advance(40s + 30s);
  EXPECT_EQ(Reject().cause.reason, TransitionReason::kProbeTimedOut);
}

TEST_F(TimeBackwards, AHungProbeOpensTheCircuitFromTheLatestTime) {
  OpenAndWait();
  const Permit probe = Admit();
  Advance(30s);
  Reject();
  Advance(-1h);
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(TimeBackwards, TransitionTimesNeverGoBack) {
  Fail(5);
  const TimePoint opened = Now();
  Advance(-10s);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  breaker().Reset();
  for (const Transition& transition : told_) {
    EXPECT_EQ(transition.at, opened);
  }
  EXPECT_EQ(told_.size(), 3u);
}

TEST_F(ExtremeTime, TheLongestOpeningNeverEnds) {
  settings_.open_duration = Duration::max();
  Fail(5);
  EXPECT_EQ(Look().open_until, TimePoint::max());
  EXPECT_EQ(Reject().retry_after, TimePoint::max() - Now());
  Advance(24h * 365 * 100);
  EXPECT_EQ(Reject().retry_after, TimePoint::max() - Now());
  EXPECT_EQ(told_.back().open_duration, TimePoint::max() - told_.back().at);
}

TEST_F(ExtremeTime, TheLongestPushbackNeverEnds) {
  settings_.max_pushback = Duration::max();
  Fail(4);
  Run(1, {Outcome::kFailure, Duration::max(), Duration::max()});
  EXPECT_EQ(Look().open_until, TimePoint::max());
  EXPECT_EQ(Look().opened_by.last_duration, Duration::max());
  Advance(24h * 365 * 100);
  Reject();
}

TEST_F(ExtremeTime, TheShortestDurationsWork) {
  settings_.open_duration = 1ns;
  settings_.half_open.timeout = 1ns;
  Fail(5);
  EXPECT_EQ(Reject().retry_after, 1ns);
  Advance(1ns);
  const Permit hung = Admit();
  Advance(1ns);
  EXPECT_EQ(Reject().cause.reason, TransitionReason::kProbeTimedOut);
}

TEST_F(ExtremeTime, OpeningsWorkBeforeTheClocksOrigin) {
  settings_.open_duration = Duration::max();
  const TimePoint first = TimePoint::min();
  for (int i = 0; i < 5; ++i) {
    Admission admission = breaker().Acquire(first);
    ASSERT_TRUE(admission);
    EXPECT_TRUE(admission.permit.Settle(kFailure, first));
  }
  EXPECT_EQ(Look().open_until, first + Duration::max());
  const Admission rejected = breaker().Acquire(first);
  ASSERT_TRUE(rejected.rejection.has_value());
  EXPECT_EQ(rejected.rejection->retry_after, Duration::max());
  EXPECT_EQ(told_.back().open_duration, Duration::max());
}

TEST_F(ExtremeTime, AnOpeningAtTheEndOfTimeIsOverAtOnce) {
  const TimePoint last = TimePoint::max();
  for (int i = 0; i < 5; ++i) {
    Admission admission = breaker().Acquire(last);
    ASSERT_TRUE(admission);
    EXPECT_TRUE(admission.permit.Settle(kFailure, last));
  }
  ExpectState(State::kOpen);
  EXPECT_EQ(Look().open_until, last);
  Admission probe = breaker().Acquire(last);
  ASSERT_TRUE(probe);
  EXPECT_TRUE(probe.permit.Settle({Outcome::kSuccess}, last));
  ExpectState(State::kClosed);
}

TEST_F(ExtremeTime, TheLargestFailureThresholdWorks) {
  settings_.consecutive_failures = UINT32_MAX;
  Fail(1000);
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 1000u);
}

}  // namespace
}  // namespace fusebox
