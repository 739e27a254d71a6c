// bulkhead_test.cc: calls beyond max_concurrent_calls are rejected in every
// state, and change no state.

#include <gtest/gtest.h>

#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

class Bulkhead : public Script {
 protected:
  Bulkhead() {
    settings_.max_concurrent_calls = 2;
    settings_.consecutive_failures = 1;
  }

  void ExpectFull(State state) {
    const uint64_t generation = Look().generation;
    const Rejection rejection = Reject();
    EXPECT_EQ(rejection.reason, RejectionReason::kConcurrency);
    EXPECT_EQ(rejection.state, state);
    EXPECT_EQ(rejection.retry_after, 0s);
    EXPECT_EQ(Look().generation, generation);
  }
};

TEST_F(Bulkhead, RejectsBeyondTheLimitUntilACallEnds) {
  Permit first = Admit();
  const Permit second = Admit();
  EXPECT_EQ(Look().concurrent_calls, 2u);
  ExpectFull(State::kClosed);
  Succeed(std::move(first));
  EXPECT_EQ(Look().concurrent_calls, 1u);
  const Permit third = Admit();
  ExpectFull(State::kClosed);
  EXPECT_EQ(Rejected(RejectionReason::kConcurrency), 2u);
}

TEST_F(Bulkhead, ACallHoldsItsSlotUntilItsEndNotUntilItsVerdict) {
  Permit first = Admit();
  const Permit second = Admit();
  EXPECT_TRUE(first.Settle({Outcome::kSuccess}));
  ExpectFull(State::kClosed);
  first.Release();
  Succeed();
}

TEST_F(Bulkhead, EveryWayToEndACallFreesItsSlot) {
  for (int i = 0; i < 10; ++i) {
    Abandon(Admit());
    Ignore();
    Permit permit = Admit();
    EXPECT_TRUE(permit.Finish({Outcome::kSuccess}, Now()));
    Permit moved = Admit();
    permit = std::move(moved);
  }
  EXPECT_EQ(Look().concurrent_calls, 0u);
}

TEST_F(Bulkhead, CallsOfAnOlderGenerationStillHoldTheirSlots) {
  Permit old = Admit();
  Fail();
  Advance(60s);
  const Permit probe = Admit();
  EXPECT_EQ(Look().concurrent_calls, 2u);
  Succeed(std::move(old));
  EXPECT_EQ(Look().concurrent_calls, 1u);
}

TEST_F(Bulkhead, IsCheckedAfterOpen) {
  const Permit first = Admit();
  Permit second = Admit();
  EXPECT_TRUE(second.Settle({Outcome::kFailure}));
  EXPECT_EQ(Reject().reason, RejectionReason::kOpen);
}

TEST_F(Bulkhead, ARejectedCallDoesNotEndAnOpening) {
  const Permit first = Admit();
  Permit second = Admit();
  EXPECT_TRUE(second.Settle({Outcome::kFailure}));
  Advance(60s);
  ExpectFull(State::kOpen);
  second.Release();
  EXPECT_TRUE(Admit().is_probe());
}

TEST_F(Bulkhead, ARejectedCallDoesNotDetectAHungProbe) {
  const Permit old = Admit();
  Fail();
  Advance(60s);
  const Permit hung = Admit();
  Advance(30s);
  ExpectFull(State::kHalfOpen);
}

TEST_F(Bulkhead, IsCheckedBeforeTheProbes) {
  Permit old = Admit();
  Fail();
  Advance(60s);
  const Permit probe = Admit();
  ExpectFull(State::kHalfOpen);
  Succeed(std::move(old));
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
}

TEST_F(Bulkhead, ARejectedCallEarnsTheRampNoCredit) {
  settings_.recovery_ramp = RecoveryRamp{10s, 0.5};
  Fail();
  Advance(60s);
  Succeed();
  const Permit first = Admit();  // leaves a credit of 0.5
  EXPECT_EQ(Look().concurrent_calls, 1u);
  Permit second = Admit();  // leaves 0
  for (int i = 0; i < 5; ++i) ExpectFull(State::kClosed);
  second.Release();
  EXPECT_EQ(Reject().reason, RejectionReason::kRamp);
}

TEST_F(Bulkhead, UnderDryRunCallsBeyondTheLimitPassWithoutASlot) {
  settings_.mode = Mode::kDryRun;
  const Permit first = Admit();
  const Permit second = Admit();
  Admission third = WouldReject();
  EXPECT_EQ(third.rejection->reason, RejectionReason::kConcurrency);
  EXPECT_EQ(Look().concurrent_calls, 2u);
  Fail(std::move(third.permit));
  ExpectState(State::kClosed);
  EXPECT_EQ(NotEnforced(RejectionReason::kConcurrency), 1u);
}

TEST_F(Bulkhead, IsNotCheckedWhenDisabled) {
  const Permit first = Admit();
  const Permit second = Admit();
  breaker().SetOperatorMode(Mode::kDisabled);
  const Permit third = Admit();
  EXPECT_EQ(Look().concurrent_calls, 2u);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_EQ(Reject().reason, RejectionReason::kForcedOpen);
}

}  // namespace
}  // namespace fusebox
