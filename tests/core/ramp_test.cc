// ramp_test.cc: traffic returns gradually after a circuit has closed.

#include "fusebox/core/internal/ramp.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/core/script.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

// Makes `calls` calls, `apart` from one another. Returns an "x" for each call
// that passes and a "." for each other one.
std::string Calls(const RecoveryRamp& settings, int calls, Duration apart) {
  Ramp ramp;
  ramp.Begin();
  std::string passed;
  for (int i = 0; i < calls; ++i) {
    passed += ramp.Admit(settings, i * apart) ? 'x' : '.';
  }
  return passed;
}

TEST(Ramp, AdmitsAGrowingShareEvenly) {
  // The first call finds a credit of 1 and adds its own share.
  EXPECT_EQ(Calls({1s, 0.25}, 9, 0s), "x..x...x.");
  EXPECT_EQ(Calls({1s, 0.5}, 7, 0s), "xx.x.x.");
  EXPECT_EQ(Calls({1s, 0.75}, 9, 0s), "xxxx.xxx.");
  EXPECT_EQ(Calls({1s, 0}, 5, 0s), "x....");
  EXPECT_EQ(Calls({1s, 1}, 5, 0s), "xxxxx");
  // The shares are 0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75 and 0.875.
  EXPECT_EQ(Calls({8s, 0}, 8, 1s), "x...x.xx");
}

TEST(Ramp, NeverSavesCreditForMoreThanTwoCalls) {
  Ramp ramp;
  ramp.Begin();
  // The credit is 2, then 2 - 1 + 1 = 2, and so on, but never 3.
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(ramp.Admit({1s, 1}, 0s));
  EXPECT_TRUE(ramp.Admit({1s, 0}, 0s));
  EXPECT_FALSE(ramp.Admit({1s, 0}, 0s));
}

class RecoveryRampTest : public Script {
 protected:
  RecoveryRampTest() {
    settings_.consecutive_failures = 1;
    settings_.recovery_ramp = RecoveryRamp{10s, 0.25};
  }
  void OpenAndClose() {
    Fail();
    Advance(60s);
    Succeed();
    ExpectState(State::kClosed);
  }
  std::string Calls(int calls) {
    std::string passed;
    for (int i = 0; i < calls; ++i) {
      Admission admission = breaker().Acquire();
      passed += admission ? 'x' : '.';
      if (admission) Succeed(std::move(admission.permit));
    }
    return passed;
  }
};

TEST_F(RecoveryRampTest, BeginsWhenHalfOpenCloses) {
  EXPECT_EQ(Calls(5), "xxxxx");
  OpenAndClose();
  EXPECT_EQ(Calls(9), "x..x...x.");
}

TEST_F(RecoveryRampTest, ARejectionGivesTheReasonRampAndNoRetryTime) {
  OpenAndClose();
  EXPECT_EQ(Calls(1), "x");
  const Rejection rejection = Reject();
  EXPECT_EQ(rejection.reason, RejectionReason::kRamp);
  EXPECT_EQ(rejection.state, State::kClosed);
  EXPECT_EQ(rejection.retry_after, 0s);
  EXPECT_EQ(rejection.cause.reason, TransitionReason::kConsecutiveFailures);
  EXPECT_EQ(Rejected(RejectionReason::kRamp), 1u);
}

TEST_F(RecoveryRampTest, IsOverAfterItsDuration) {
  OpenAndClose();
  EXPECT_EQ(Calls(2), "x.");
  Advance(10s);
  EXPECT_EQ(Calls(5), "xxxxx");
}

TEST_F(RecoveryRampTest, ATripEndsItAndTheNextClosingBeginsAnother) {
  OpenAndClose();
  Fail();
  ExpectState(State::kOpen);
  Advance(60s);
  Succeed();
  EXPECT_EQ(Calls(5), "x..x.");
}

TEST_F(RecoveryRampTest, AResetClosesWithoutARamp) {
  OpenAndClose();
  EXPECT_EQ(Calls(2), "x.");
  breaker().Reset();
  EXPECT_EQ(Calls(5), "xxxxx");
  Fail();
  breaker().Reset();
  EXPECT_EQ(Calls(5), "xxxxx");
  Fail();
  Advance(60s);
  const Permit probe = Admit();
  breaker().Reset();
  EXPECT_EQ(Calls(5), "xxxxx");
}

TEST_F(RecoveryRampTest, UnderDryRunCallsItWouldRejectPassAndAreNotJudged) {
  settings_.mode = Mode::kDryRun;
  OpenAndClose();
  Succeed(Admit());
  Admission admission = WouldReject();
  EXPECT_EQ(admission.rejection->reason, RejectionReason::kRamp);
  Fail(std::move(admission.permit));
  ExpectState(State::kClosed);
}

TEST_F(RecoveryRampTest, ATimeBeforeItCountsAsItsBeginning) {
  OpenAndClose();
  Advance(-5s);
  EXPECT_EQ(Calls(5), "x..x.");
}

}  // namespace
}  // namespace fusebox::internal
