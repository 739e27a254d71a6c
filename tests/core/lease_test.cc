// lease_test.cc: probes that are in flight for longer than their lease.

#include <gtest/gtest.h>

#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

// The lease of a probe is 30 seconds.
using Lease = Script;

TEST_F(Lease, AHungProbeReopensAndTheCallThatDetectsItIsRejected) {
  OpenAndWait();
  const Permit hung = Admit();
  Advance(30s);
  const Rejection rejection = Reject();
  EXPECT_EQ(rejection.reason, RejectionReason::kOpen);
  EXPECT_EQ(rejection.state, State::kOpen);
  EXPECT_EQ(rejection.retry_after, 60s);
  EXPECT_EQ(rejection.cause.reason, TransitionReason::kProbeTimedOut);
  EXPECT_EQ(rejection.cause.failures, 0u);
  ExpectState(State::kOpen);
  EXPECT_EQ(Look().openings, 2u);
  EXPECT_EQ(Told().back(), "HALF_OPEN -> OPEN: PROBE_TIMED_OUT");
}

TEST_F(Lease, TheProbeIsOnlyBusyUntilTheLeaseEnds) {
  OpenAndWait();
  const Permit slow = Admit();
  Advance(30s - 1ns);
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
  ExpectState(State::kHalfOpen);
}

TEST_F(Lease, AHungProbeIsDetectedOnlyByTheNextCall) {
  OpenAndWait();
  Permit slow = Admit();
  Advance(10min);
  ExpectState(State::kHalfOpen);
  Succeed(std::move(slow));
  ExpectState(State::kClosed);
}

TEST_F(Lease, AHungProbeCountsEvenIfAPlaceIsFree) {
  settings_.half_open.max_probes = 2;
  OpenAndWait();
  const Permit hung = Admit();
  Advance(30s);
  EXPECT_EQ(Reject().reason, RejectionReason::kOpen);
}

TEST_F(Lease, StartsWithEachProbe) {
  settings_.half_open.max_probes = 2;
  settings_.half_open.successes_to_close = 2;
  OpenAndWait();
  Permit first = Admit();
  Advance(20s);
  const Permit second = Admit();
  Advance(9s);
  Succeed(std::move(first));
  Advance(20s);
  EXPECT_TRUE(Admit().is_probe());
  Advance(1s);
  EXPECT_EQ(Reject().cause.reason, TransitionReason::kProbeTimedOut);
}

TEST_F(Lease, TheVerdictOfAHungProbeIsLate) {
  OpenAndWait();
  Permit hung = Admit();
  Advance(30s);
  Reject();
  const auto open_until = Look().open_until;
  Advance(5s);
  Succeed(std::move(hung));
  ExpectState(State::kOpen);
  EXPECT_EQ(Look().open_until, open_until);
  EXPECT_EQ(Totals().late, 1u);
}

TEST_F(Lease, AnIdleStreamOnlyLosesItsPlace) {
  OpenAndWait();
  const Permit idle_watch = Admit(CallShape::kStream);
  Advance(30s - 1ns);
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
  Advance(1ns);
  const Permit next = Admit();
  EXPECT_TRUE(next.is_probe());
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Look().probes_in_flight, 1u);
}

TEST_F(Lease, AStreamWithoutAPlaceStillDecides) {
  OpenAndWait();
  Permit watch = Admit(CallShape::kStream);
  Advance(30s);
  Permit next = Admit();
  Succeed(std::move(watch));
  ExpectState(State::kClosed);
  Fail(std::move(next));
  EXPECT_EQ(Totals().late, 1u);
}

TEST_F(Lease, AStreamWithoutAPlaceFreesNoOtherPlace) {
  OpenAndWait();
  Permit watch = Admit(CallShape::kStream);
  Advance(30s);
  const Permit next = Admit();
  Ignore(std::move(watch));
  EXPECT_EQ(Look().probes_in_flight, 1u);
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
}

TEST_F(Lease, AProbeWithAVerdictOnlyLosesItsPlace) {
  settings_.half_open.successes_to_close = 2;
  for (const CallShape shape : {CallShape::kUnary, CallShape::kStream}) {
    told_.clear();
    OpenAndWait();
    Permit probe = Admit(shape);
    EXPECT_TRUE(probe.Settle({Outcome::kSuccess}));
    EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
    Advance(30s);
    Succeed();
    ExpectState(State::kClosed);
    EXPECT_EQ(told_.size(), 3u);
  }
}

TEST_F(Lease, AnIgnoredProbeThatDoesNotEndOnlyLosesItsPlace) {
  OpenAndWait();
  Permit probe = Admit();
  EXPECT_TRUE(probe.Settle({Outcome::kIgnored}));
  Advance(30s);
  EXPECT_TRUE(Admit().is_probe());
  ExpectState(State::kHalfOpen);
}

TEST_F(Lease, AnIdleStreamDoesNotHideAHungUnaryProbe) {
  settings_.half_open.max_probes = 2;
  OpenAndWait();
  const Permit watch = Admit(CallShape::kStream);
  const Permit hung = Admit();
  Advance(30s);
  EXPECT_EQ(Reject().cause.reason, TransitionReason::kProbeTimedOut);
}

TEST_F(Lease, MayLastForever) {
  settings_.half_open.timeout = Duration::max();
  OpenAndWait();
  const Permit hung = Admit();
  Advance(24h * 365 * 100);
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
}

}  // namespace
}  // namespace fusebox
