// dry_run_test.cc: in DRY_RUN the state changes in full, but every call passes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class DryRun : public Script {
 protected:
  DryRun() { settings_.mode = Mode::kDryRun; }
};

TEST_F(DryRun, GoesThroughTheSameStatesAsEnforce) {
  OpenAndWait();
  Fail();
  Advance(60s);
  Succeed();
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED",
                                  "HALF_OPEN -> OPEN: PROBE_FAILED",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED",
                                  "HALF_OPEN -> CLOSED: PROBE_SUCCEEDED"));
  EXPECT_EQ(told_.front().mode, Mode::kDryRun);
}

TEST_F(DryRun, ACallInOpenPassesWithARejection) {
  Fail(5);
  Advance(20s);
  const Admission admission = WouldReject();
  EXPECT_EQ(admission.rejection->reason, RejectionReason::kOpen);
  EXPECT_EQ(admission.rejection->retry_after, 40s);
  EXPECT_EQ(NotEnforced(RejectionReason::kOpen), 1u);
  EXPECT_EQ(Totals().rejected_in_all(), 0u);
  EXPECT_EQ(Totals().admitted, 6u);
}

TEST_F(DryRun, ACallBesideTheProbePassesAndTakesNoPlace) {
  OpenAndWait();
  const Permit probe = Admit();
  const Admission admission = WouldReject();
  EXPECT_EQ(admission.rejection->reason, RejectionReason::kProbesBusy);
  EXPECT_FALSE(admission.permit.is_probe());
  EXPECT_EQ(Look().probes_in_flight, 1u);
  EXPECT_EQ(NotEnforced(RejectionReason::kProbesBusy), 1u);
}

TEST_F(DryRun, TheCallThatNoticesAHungProbePasses) {
  OpenAndWait();
  const Permit hung = Admit();
  Advance(30s);
  EXPECT_EQ(WouldReject().rejection->reason, RejectionReason::kOpen);
  ExpectState(State::kOpen);
}

TEST_F(DryRun, CallsThatEnforceWouldRejectDoNotChangeTheState) {
  settings_.half_open.successes_to_close = 2;
  Fail(5);
  Succeed(WouldReject().permit);
  Fail(WouldReject().permit);
  ExpectState(State::kOpen);
  Advance(60s);
  const Permit probe = Admit();
  for (int i = 0; i < 5; ++i) {
    Succeed(WouldReject().permit);
    Fail(WouldReject().permit);
  }
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Look().probe_successes, 0u);
  EXPECT_EQ(Totals().failures, 11u);
  EXPECT_EQ(Totals().successes, 6u);
}

TEST_F(DryRun, CallsThatEnforceWouldRejectAreNotJudgedAfterClosing) {
  Fail(5);
  Permit unjudged = WouldReject().permit;
  Advance(60s);
  Succeed();
  Fail(4);
  Fail(std::move(unjudged));
  ExpectState(State::kClosed);
  EXPECT_EQ(Totals().late, 0u);
}

TEST_F(DryRun, AnOpenCircuitRejectsAfterAChangeToEnforce) {
  Fail(5);
  EXPECT_TRUE(WouldReject());
  breaker().SetOperatorMode(Mode::kEnforce);
  EXPECT_EQ(Reject().retry_after, 60s);
}

}  // namespace
}  // namespace fusebox
