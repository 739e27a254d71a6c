// guarded_call_test.cc: what the breaker and the observers learn of one call.

#include "fusebox/registry/internal/guarded_call.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/registry/one_method.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

class GuardedCallTest : public testing::Test {
 protected:
  static Policy TwoFailures() {
    Policy policy;
    policy.consecutive_failures = 2;
    policy.open_duration = 5s;
    policy.count_broken_streams = true;
    return policy;
  }

  std::unique_ptr<GuardedCall> Start(CallShape shape = CallShape::kUnary) {
    auto call = std::make_unique<GuardedCall>(one_.binding);
    EXPECT_TRUE(call->Start(clock_.Now(), shape));
    return call;
  }
  void End(GuardedCall& call, Outcome outcome,
           absl::StatusCode code = absl::StatusCode::kOk) {
    call.End({outcome, code, "why"}, clock_.Now());
  }
  void Fail() {
    End(*Start(), Outcome::kFailure, absl::StatusCode::kUnavailable);
  }
  Snapshot Now() { return one_.breaker().TakeSnapshot(); }

  ManualClock clock_;
  OneMethod one_{TwoFailures(), clock_};
};

TEST_F(GuardedCallTest, GivesItsVerdictAndItsPermitBackAtItsEnd) {
  const auto call = Start();
  EXPECT_EQ(Now().totals.in_flight(), 1u);
  End(*call, Outcome::kSuccess);
  EXPECT_EQ(Now().totals.successes, 1u);
  EXPECT_EQ(Now().totals.in_flight(), 0u);
}

TEST_F(GuardedCallTest, IsRejectedWhileTheCircuitIsOpen) {
  Fail();
  Fail();
  GuardedCall call(one_.binding);
  EXPECT_FALSE(call.Start(clock_.Now(), CallShape::kUnary));
  ASSERT_TRUE(call.rejection().has_value());
  EXPECT_EQ(call.rejection()->reason, RejectionReason::kOpen);
  EXPECT_EQ(call.rejection()->retry_after, 5s);
}

TEST_F(GuardedCallTest, PassesUnderDryRunAndSaysWhyItWouldNotHave) {
  Fail();
  Fail();
  one_.breaker().SetOperatorMode(Mode::kDryRun);
  EXPECT_TRUE(Start()->rejection().has_value());
}

TEST_F(GuardedCallTest, ThatIsNeverEndedIsAnIgnoredOutcome) {
  Start();
  EXPECT_EQ(Now().totals.abandoned, 1u);
  EXPECT_EQ(Now().totals.in_flight(), 0u);
}

TEST_F(GuardedCallTest, ItsFirstMessageIsItsVerdictAndItsEndReleasesIt) {
  const auto call = Start(CallShape::kStream);
  clock_.Advance(3ms);
  EXPECT_EQ(call->first_message(), std::nullopt);
  call->Received(clock_.Now());
  clock_.Advance(3ms);
  call->Received(clock_.Now());
  EXPECT_EQ(call->first_message(), Duration(3ms));
  EXPECT_EQ(Now().totals.successes, 1u);
  EXPECT_EQ(Now().totals.in_flight(), 1u);
  End(*call, Outcome::kSuccess);
  EXPECT_EQ(Now().totals.successes, 1u);
  EXPECT_EQ(Now().totals.in_flight(), 0u);
}

TEST_F(GuardedCallTest, AFailureAfterItsFirstMessageIsABrokenStream) {
  const auto first = Start(CallShape::kStream);
  const auto second = Start(CallShape::kStream);
  for (const auto& call : {first.get(), second.get()}) {
    call->Received(clock_.Now());
  }
  for (const auto& call : {first.get(), second.get()}) {
    End(*call, Outcome::kFailure, absl::StatusCode::kUnavailable);
  }
  EXPECT_EQ(Now().totals.broken_streams, 2u);
  EXPECT_EQ(Now().totals.successes, 2u);
  EXPECT_EQ(Now().state, State::kOpen) << "the policy counts broken streams";
}

TEST_F(GuardedCallTest, CountsWhoCancelledIt) {
  for (const bool own : {true, false}) {
    CallEnd end = {Outcome::kIgnored, absl::StatusCode::kCancelled};
    end.own_cancel = own;
    Start()->End(end, clock_.Now());
  }
  EXPECT_EQ(Now().totals.own_cancels, 1u);
  EXPECT_EQ(Now().totals.other_cancels, 1u);
}

TEST_F(GuardedCallTest, KeepsThePolicyThatItBeganWith) {
  Registry::Options options;
  options.clock = &clock_;
  Config config;
  config.default_policy = TwoFailures();
  const auto registry = *Registry::Create(config, options);
  const OpenTarget target = registry->Open("t");
  const MethodUse found = target.Find("/s/m");
  GuardedMethod& method = *found;
  const Binding* const before = method.binding();
  GuardedCall call(*before);
  ASSERT_TRUE(call.Start(clock_.Now(), CallShape::kUnary));
  config.default_policy.ignored_codes = {absl::StatusCode::kUnavailable};
  ASSERT_TRUE(registry->Update(config).ok());
  EXPECT_NE(method.binding(), before);
  EXPECT_EQ(&method.binding()->observed, &before->observed);
  const int unavailable = static_cast<int>(absl::StatusCode::kUnavailable);
  EXPECT_EQ(call.binding().classifier.Classify(unavailable), Outcome::kFailure);
  EXPECT_EQ(method.binding()->classifier.Classify(unavailable),
            Outcome::kIgnored);
  config.default_policy = TwoFailures();
  ASSERT_TRUE(registry->Update(config).ok());
  EXPECT_EQ(method.binding(), before) << "a policy that comes back";
}

}  // namespace
}  // namespace fusebox::internal
