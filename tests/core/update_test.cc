// update_test.cc: new settings for a breaker that is in use.

#include <gtest/gtest.h>

#include <utility>

#include "fusebox/base/problem.h"
#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

class Update : public Script {
 protected:
  // Makes the breaker with the present settings, then changes and updates them.
  template <typename F>
  void Change(F change) {
    breaker();
    change(settings_);
    EXPECT_TRUE(breaker().Update(settings_, Now()));
  }
};

TEST_F(Update, WithInvalidSettingsChangesNothingAndReportsWhy) {
  Fail(4);
  Settings bad;
  bad.open_duration = 0s;
  bad.consecutive_failures = 100;
  Problems problems = {{"old", "problem"}};
  EXPECT_FALSE(breaker().Update(bad, Now(), &problems));
  EXPECT_EQ(problems, bad.Validate());
  Fail();
  ExpectState(State::kOpen);
  EXPECT_TRUE(breaker().Update(Settings(), Now(), &problems));
  EXPECT_EQ(problems, Problems());
}

TEST_F(Update, KeepsTheFailureRunAndAppliesTheNewThreshold) {
  Fail(4);
  Change([](Settings& s) { s.consecutive_failures = 2; });
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 4u);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(Update, KeepsAnOpeningAndItsLength) {
  Fail(5);
  Change([](Settings& s) { s.open_duration = 1s; });
  Advance(1s);
  EXPECT_EQ(Reject().retry_after, 59s);
  EXPECT_EQ(Look().generation, 2u);
  Advance(59s);
  Fail();
  EXPECT_EQ(Reject().retry_after, 1s);
}

TEST_F(Update, KeepsTheProbesInFlight) {
  OpenAndWait();
  const Permit probe = Admit();
  Change([](Settings& s) { s.half_open.max_probes = 2; });
  EXPECT_EQ(Look().probes_in_flight, 1u);
  const Permit another = Admit();
  EXPECT_EQ(Reject().reason, RejectionReason::kProbesBusy);
}

TEST_F(Update, KeepsAWindowOfTheSameShape) {
  settings_.consecutive_failures = 0;
  settings_.failure_rate = FailureRate{0.5, 10};
  Succeed(2);
  Fail(2);
  Change([](Settings& s) { s.failure_rate->minimum_calls = 5; });
  EXPECT_EQ(Look().window.calls, 4u);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(Update, EmptiesAWindowOfAnotherShape) {
  settings_.consecutive_failures = 0;
  settings_.failure_rate = FailureRate{1, 3};
  const Window shapes[] = {Window::OfTime(5s), Window::OfCalls(10),
                           Window::OfCalls(11), Window::OfTime(5s)};
  for (const Window& shape : shapes) {
    Succeed(1);
    Fail(1);
    EXPECT_EQ(Look().window.calls, 2u);
    Change([&](Settings& s) { s.window = shape; });
    EXPECT_EQ(Look().window.calls, 0u);
  }
  Fail(3);
  ExpectState(State::kOpen);
}

TEST_F(Update, StartsAWindowEmptyThatNoRuleNeededBefore) {
  settings_.consecutive_failures = 0;
  Fail(10);
  Change([](Settings& s) { s.failure_rate = FailureRate{1, 1}; });
  EXPECT_EQ(Look().window.calls, 0u);
  Change([](Settings& s) { s.failure_rate.reset(); });
  Fail(1);
  ExpectState(State::kClosed);
}

TEST_F(Update, KeepsTheConsecutiveOpenings) {
  settings_.open_backoff = OpenBackoff{2, 10min};
  OpenAndWait();
  Fail();
  Change([](Settings& s) { s.open_backoff->multiplier = 3; });
  EXPECT_EQ(Look().openings, 2u);
  Advance(2min);
  Fail();
  EXPECT_EQ(Reject().retry_after, 9min);
}

TEST_F(Update, KeepsTheOperatorsMode) {
  breaker().SetOperatorMode(Mode::kDisabled);
  Change([](Settings& s) { s.mode = Mode::kForcedOpen; });
  EXPECT_EQ(Look().mode, Mode::kDisabled);
  Succeed();
  breaker().SetOperatorMode(std::nullopt);
  EXPECT_EQ(Reject().reason, RejectionReason::kForcedOpen);
}

TEST_F(Update, ReportsANewMode) {
  Change([](Settings& s) { s.mode = Mode::kDryRun; });
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].mode, Mode::kDryRun);
  EXPECT_EQ(told_[0].cause.reason, TransitionReason::kOperator);
  Change([](Settings& s) { s.consecutive_failures = 1; });
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(Update, ANewBulkheadCountsOnlyCallsThatBeginAfterIt) {
  const Permit before = Admit();
  Change([](Settings& s) { s.max_concurrent_calls = 1; });
  Permit after = Admit();
  EXPECT_EQ(Reject().reason, RejectionReason::kConcurrency);
  Change([](Settings& s) { s.max_concurrent_calls = 0; });
  Succeed(3);
  EXPECT_EQ(Look().concurrent_calls, 1u);
  after.Release();
  EXPECT_EQ(Look().concurrent_calls, 0u);
}

TEST_F(Update, ARampThatIsAddedAfterClosingStartsToLimit) {
  OpenAndWait();
  Succeed();
  Change([](Settings& s) { s.recovery_ramp = RecoveryRamp{10s, 0}; });
  const Permit first = Admit();
  EXPECT_EQ(Reject().reason, RejectionReason::kRamp);
  Change([](Settings& s) { s.recovery_ramp.reset(); });
  Succeed(3);
}

TEST_F(Update, CountsVerdictsOfCallsThatBeganBeforeIt) {
  Permit success = Admit();
  Permit failure = Admit();
  Fail(4);
  Change([](Settings& s) {
    s.failure_rate = FailureRate{1, 100};
    s.max_concurrent_calls = 10;
  });
  Succeed(std::move(success));
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Look().window.calls, 1u);
  Fail(std::move(failure));
  EXPECT_EQ(Look().consecutive_failures, 1u);
}

TEST_F(Update, ANewSlowCallRateJudgesOnlyLaterVerdicts) {
  settings_.failure_rate = FailureRate{1, 100};
  Run(3, {Outcome::kSuccess, 2s});
  Change([](Settings& s) { s.slow_call_rate = SlowCallRate{1s, 1, 100}; });
  Run(2, {Outcome::kSuccess, 2s});
  EXPECT_EQ(Look().window.calls, 5u);
  EXPECT_EQ(Look().window.slow_calls, 2u);
}

}  // namespace
}  // namespace fusebox
