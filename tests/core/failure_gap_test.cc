// failure_gap_test.cc: failures that are too far apart are not consecutive.

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

// Three consecutive failures open the circuit, unless one of them comes more
// than an hour after the one before it.
class FailureGap : public Script {
 protected:
  FailureGap() {
    settings_.consecutive_failures = 3;
    settings_.max_failure_gap = 1h;
  }
  uint32_t Length() { return Look().consecutive_failures; }
};

TEST_F(FailureGap, BeginsANewRunIfItIsMoreThanTheMaximum) {
  Fail(2);
  Advance(1h + 1ns);
  Fail();
  EXPECT_EQ(Length(), 1u);
  Fail();
  ExpectState(State::kClosed);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(FailureGap, OfExactlyTheMaximumContinuesTheRun) {
  for (int i = 0; i < 3; ++i) {
    Advance(1h);
    Fail();
  }
  ExpectState(State::kOpen);
}

TEST_F(FailureGap, IsMeasuredFromTheFailureBeforeNotFromTheFirst) {
  Fail();
  Advance(50min);
  Fail();
  Advance(50min);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(FailureGap, NeverOpensTheCircuitOnOneFailureADay) {
  for (int day = 0; day < 1000; ++day) {
    Fail();
    Advance(24h);
  }
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(FailureGap, OfZeroIsNoLimit) {
  settings_.max_failure_gap = 0s;
  for (int day = 0; day < 3; ++day) {
    Fail();
    Advance(24h);
  }
  ExpectState(State::kOpen);
}

TEST_F(FailureGap, IsMeasuredBetweenVerdictsNotBetweenStarts) {
  Permit long_call = Admit();
  Fail();
  Advance(1h);
  Fail(std::move(long_call));
  Advance(1h);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(FailureGap, IsNotShortenedByIgnoredOutcomes) {
  Fail(2);
  Advance(40min);
  Ignore();
  Advance(40min);
  Fail();
  EXPECT_EQ(Length(), 1u);
}

TEST_F(FailureGap, IsNotMeasuredAcrossGenerations) {
  settings_.max_failure_gap = 1s;
  Fail(3);
  Advance(60s);
  Succeed();
  Fail(3);  // the first one comes a minute after the last one
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED",
                                  "HALF_OPEN -> CLOSED: PROBE_SUCCEEDED",
                                  "CLOSED -> OPEN: CONSECUTIVE_FAILURES"));
}

TEST_F(FailureGap, CountsABrokenStream) {
  Fail(2);
  Advance(40min);
  settings_.consecutive_failures = 9;
  EXPECT_TRUE(breaker().Update(settings_, Now()));
  breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  Advance(40min);
  Fail();
  EXPECT_EQ(Length(), 4u);
}

TEST_F(FailureGap, LimitsNoOtherRule) {
  settings_.consecutive_failures = 0;
  settings_.failure_rate = FailureRate{1, 3};
  settings_.window = Window::OfCalls(3);
  for (int day = 0; day < 3; ++day) {
    Fail();
    Advance(24h);
  }
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: FAILURE_RATE"));
}

TEST_F(FailureGap, OfAnUpdateAppliesToTheRunThatHasBegun) {
  settings_.max_failure_gap = 0s;
  Fail(2);
  Advance(2h);
  settings_.max_failure_gap = 1h;
  EXPECT_TRUE(breaker().Update(settings_, Now()));
  Fail();
  EXPECT_EQ(Length(), 1u);
}

TEST_F(FailureGap, IsZeroWhileTimeRunsBackwards) {
  Advance(5h);
  Fail(2);
  Permit permit = Admit();
  EXPECT_TRUE(permit.Settle({Outcome::kFailure}, Now() - 5h));
  ExpectState(State::kOpen);
}

TEST_F(FailureGap, MayBeTheLongestDuration) {
  settings_.max_failure_gap = Duration::max();
  Advance(24h);
  Fail(3);
  ExpectState(State::kOpen);
}

}  // namespace
}  // namespace fusebox
