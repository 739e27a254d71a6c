// half_open_test.cc: HALF_OPEN admits probes, whose outcomes decide.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class HalfOpenState : public Script {
 protected:
  void ExpectBusy() {
    const Rejection rejection = Reject();
    EXPECT_EQ(rejection.reason, RejectionReason::kProbesBusy);
    EXPECT_EQ(rejection.state, State::kHalfOpen);
    EXPECT_EQ(rejection.retry_after, 0s);
    EXPECT_EQ(rejection.cause.reason, TransitionReason::kConsecutiveFailures);
  }
};

TEST_F(HalfOpenState, RejectsOtherCallsWhileTheProbeIsInFlight) {
  OpenAndWait();
  const Permit probe = Admit();
  ExpectBusy();
  ExpectBusy();
  EXPECT_EQ(Look().probes_in_flight, 1u);
  EXPECT_EQ(Look().openings, 1u);
  EXPECT_EQ(Look().opened_by.failures, 5u);
  EXPECT_EQ(Rejected(RejectionReason::kProbesBusy), 2u);
}

TEST_F(HalfOpenState, ASuccessfulProbeClosesTheCircuit) {
  OpenAndWait();
  Succeed();
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().generation, 4u);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED",
                                  "HALF_OPEN -> CLOSED: PROBE_SUCCEEDED"));
}

TEST_F(HalfOpenState, ClosesAtTheVerdictNotAtTheEndOfTheCall) {
  OpenAndWait();
  Permit probe = Admit();
  EXPECT_TRUE(probe.Settle({Outcome::kSuccess}));
  ExpectState(State::kClosed);
  EXPECT_FALSE(Admit().is_probe());
}

TEST_F(HalfOpenState, AFailedProbeReopensForTheWholeDuration) {
  OpenAndWait();
  Permit probe = Admit();
  Advance(2s);
  End(std::move(probe), {Outcome::kFailure, 2s});
  ExpectState(State::kOpen);
  const Rejection rejection = Reject();
  EXPECT_EQ(rejection.retry_after, 60s);
  EXPECT_EQ(rejection.cause.reason, TransitionReason::kProbeFailed);
  EXPECT_EQ(rejection.cause.failures, 1u);
  EXPECT_EQ(rejection.cause.last_duration, 2s);
}

TEST_F(HalfOpenState, ConsecutiveOpeningsAreCountedUntilItCloses) {
  OpenAndWait();
  for (uint32_t openings = 2; openings <= 4; ++openings) {
    Fail();
    EXPECT_EQ(Look().openings, openings);
    EXPECT_EQ(told_.back().openings, openings);
    Advance(60s);
  }
  Succeed();
  EXPECT_EQ(Look().openings, 0u);
  Fail(5);
  EXPECT_EQ(Look().openings, 1u);
}

TEST_F(HalfOpenState, AdmitsUpToMaxProbesProbes) {
  settings_.half_open.max_probes = 3;
  OpenAndWait();
  std::vector<Permit> probes;
  for (int i = 0; i < 3; ++i) {
    probes.push_back(Admit());
    EXPECT_TRUE(probes.back().is_probe());
  }
  ExpectBusy();
  EXPECT_EQ(Look().probes_in_flight, 3u);
}

TEST_F(HalfOpenState, OneSuccessOfManyProbesClosesAndTheOthersAreLate) {
  settings_.half_open.max_probes = 3;
  OpenAndWait();
  Permit first = Admit();
  Permit second = Admit();
  Permit third = Admit();
  Succeed(std::move(second));
  ExpectState(State::kClosed);
  Fail(std::move(first));
  Succeed(std::move(third));
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Totals().late, 2u);
}

TEST_F(HalfOpenState, OneFailureOfManyProbesReopensOnce) {
  settings_.half_open.max_probes = 3;
  OpenAndWait();
  Permit first = Admit();
  Permit second = Admit();
  Fail(std::move(first));
  Fail(std::move(second));
  ExpectState(State::kOpen);
  EXPECT_EQ(Look().openings, 2u);
  EXPECT_EQ(Totals().late, 1u);
}

TEST_F(HalfOpenState, ClosesAfterTheRequiredNumberOfSuccesses) {
  settings_.half_open.successes_to_close = 3;
  OpenAndWait();
  Succeed(2);
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Look().probe_successes, 2u);
  Succeed();
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().probe_successes, 0u);
}

TEST_F(HalfOpenState, AFailureReopensAndForgetsEarlierSuccesses) {
  settings_.half_open.successes_to_close = 2;
  OpenAndWait();
  Succeed();
  Fail();
  ExpectState(State::kOpen);
  Advance(60s);
  Succeed();
  ExpectState(State::kHalfOpen);
  Succeed();
  ExpectState(State::kClosed);
}

TEST_F(HalfOpenState, AnIgnoredProbeFreesItsPlaceWhenItEnds) {
  OpenAndWait();
  Permit probe = Admit();
  EXPECT_TRUE(probe.Settle({Outcome::kIgnored}));
  ExpectBusy();
  probe.Release();
  EXPECT_EQ(Look().probes_in_flight, 0u);
  EXPECT_TRUE(Admit().is_probe());
  ExpectState(State::kHalfOpen);
}

TEST_F(HalfOpenState, IgnoredAndAbandonedProbesNeverBlockIt) {
  settings_.half_open.max_probes = 2;
  OpenAndWait();
  for (int i = 0; i < 1000; ++i) {
    Abandon(Admit());
    Ignore();
  }
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Totals().abandoned, 1000u);
  Succeed();
  ExpectState(State::kClosed);
}

TEST_F(HalfOpenState, ASuccessfulProbeKeepsItsPlaceUntilItsCallEnds) {
  settings_.half_open.successes_to_close = 2;
  OpenAndWait();
  Permit probe = Admit();
  EXPECT_TRUE(probe.Settle({Outcome::kSuccess}));
  ExpectBusy();
  probe.Release();
  Succeed();
  ExpectState(State::kClosed);
}

TEST_F(HalfOpenState, AProbeOfAnEarlierHalfOpenFreesNoPlaceInThisOne) {
  settings_.half_open.max_probes = 2;
  OpenAndWait();
  Permit old = Admit();
  Fail();
  Advance(60s);
  const Permit first = Admit();
  const Permit second = Admit();
  Abandon(std::move(old));
  EXPECT_EQ(Look().probes_in_flight, 2u);
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
}

TEST_F(HalfOpenState, AStreamThatBreaksFailsNoProbe) {
  settings_.consecutive_failures = 1;
  Fail();
  Advance(60s);
  Permit probe = Admit();
  breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Totals().broken_streams, 1u);
  Succeed(std::move(probe));
  ExpectState(State::kClosed);
}

TEST_F(HalfOpenState, StaysHalfOpenWhileNobodyCalls) {
  OpenAndWait();
  Abandon(Admit());
  Advance(24h);
  ExpectState(State::kHalfOpen);
  EXPECT_TRUE(Admit().is_probe());
}

}  // namespace
}  // namespace fusebox
