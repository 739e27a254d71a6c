// The matchers for rejections, and circuits forced open for a scope.

#include <gmock/gmock-matchers.h>
#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "fusebox/grpc/internal/rejection_status.h"
#include "fusebox/grpc/internal/rpc_status.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/rejection_matcher.h"
#include "fusebox/testing/scoped_forced_open.h"

namespace fusebox::internal {
namespace {

using StatusMatcher = testing::Matcher<const grpc::Status&>;
using testing::Not;

constexpr char kMethod[] = "/shop.v1.Cart/Checkout";

// A rejection of this process.
grpc::Status Rejected(RejectionReason reason) {
  Rejection rejection;
  rejection.reason = reason;
  return MakeRejectionStatus({"", kMethod, ""}, absl::StatusCode::kUnavailable,
                             rejection);
}

// The same, made by another process.
grpc::Status PassedOn(RejectionReason reason) {
  const grpc::Status own = Rejected(reason);
  auto details = *DecodeRpcStatus(own.error_details());
  details.error_info->metadata["nonce"] = "another";
  return {own.error_code(), own.error_message(), EncodeRpcStatus(details)};
}

std::string Explanation(const StatusMatcher& matcher,
                        const grpc::Status& status) {
  testing::StringMatchResultListener listener;
  EXPECT_FALSE(matcher.MatchAndExplain(status, &listener));
  return listener.str();
}

std::string Description(const StatusMatcher& matcher) {
  return testing::DescribeMatcher<const grpc::Status&>(matcher);
}

TEST(IsRejection, MatchesARejection) {
  const grpc::Status status = Rejected(RejectionReason::kProbesBusy);
  EXPECT_THAT(status, IsRejection());
  EXPECT_THAT(status, IsRejection(RejectionReason::kProbesBusy));
  EXPECT_THAT(status, Not(IsRejection(RejectionReason::kOpen)));
}

TEST(IsRejection, SaysWhatItWasInstead) {
  const auto open = RejectionReason::kOpen;
  EXPECT_EQ(Explanation(IsRejection(), grpc::Status()), "which is OK");
  EXPECT_EQ(Explanation(IsRejection(open),
                        {grpc::StatusCode::UNAVAILABLE, "out of order"}),
            "which is no rejection but code 14, \"out of order\"");
  EXPECT_EQ(
      Explanation(IsRejection(open), Rejected(RejectionReason::kForcedOpen)),
      "which is a rejection of /shop.v1.Cart/Checkout because of FORCED_OPEN");
  EXPECT_EQ(Explanation(IsRejection(open), PassedOn(open)),
            "which is another process's rejection of /shop.v1.Cart/Checkout "
            "because of OPEN");
}

TEST(IsRejection, SaysWhatItWants) {
  EXPECT_EQ(Description(IsRejection()),
            "is a rejection by a breaker of this process");
  EXPECT_EQ(Description(IsRejection(RejectionReason::kRamp)),
            "is a rejection by a breaker of this process because of RAMP");
  EXPECT_EQ(Description(Not(IsRejection())),
            "is not a rejection by a breaker of this process");
}

class ScopedForcedOpenTest : public testing::Test {
 protected:
  Breaker& breaker(const char* target = "") {
    return registry_->Find(target, kMethod)->breaker();
  }
  std::optional<Mode> operator_mode(const char* target = "") {
    return breaker(target).TakeSnapshot().operator_mode;
  }

  const std::shared_ptr<Registry> registry_ = Registry::Create().value();
};

TEST_F(ScopedForcedOpenTest, ForcesOneBreakerOpenForItsScope) {
  {
    const ScopedForcedOpen open(registry_, kMethod, "here");
    const Admission admission = breaker("here").Acquire();
    ASSERT_FALSE(admission);
    EXPECT_EQ(admission.rejection->reason, RejectionReason::kForcedOpen);
    EXPECT_TRUE(breaker("there").Acquire());
    EXPECT_TRUE(
        registry_->Find("here", "/shop.v1.Cart/Add")->breaker().Acquire());
  }
  EXPECT_TRUE(breaker("here").Acquire());
  EXPECT_EQ(operator_mode("here"), std::nullopt);
}

TEST_F(ScopedForcedOpenTest, TheTargetIsNoneUnlessSaid) {
  const ScopedForcedOpen open(registry_, kMethod);
  EXPECT_EQ(operator_mode(""), Mode::kForcedOpen);
}

TEST_F(ScopedForcedOpenTest, RestoresTheModeThatAnOperatorHadGiven) {
  for (const Mode before :
       {Mode::kEnforce, Mode::kDryRun, Mode::kDisabled, Mode::kForcedOpen}) {
    breaker().SetOperatorMode(before);
    {
      const ScopedForcedOpen open(registry_, kMethod);
      EXPECT_EQ(operator_mode(), Mode::kForcedOpen);
    }
    EXPECT_EQ(operator_mode(), before);
  }
}

TEST_F(ScopedForcedOpenTest, ScopesMayNest) {
  {
    const ScopedForcedOpen outer(registry_, kMethod);
    { const ScopedForcedOpen inner(registry_, kMethod); }
    EXPECT_EQ(operator_mode(), Mode::kForcedOpen);
  }
  EXPECT_EQ(operator_mode(), std::nullopt);
}

TEST_F(ScopedForcedOpenTest, KeepsItsRegistry) {
  auto registry = Registry::Create().value();
  const ScopedForcedOpen open(registry, kMethod);
  const std::weak_ptr<Registry> watch = registry;
  registry.reset();
  EXPECT_FALSE(watch.expired());
}

TEST_F(ScopedForcedOpenTest, FailsTheTestOfAMethodThatIsNeverBroken) {
  EXPECT_NONFATAL_FAILURE(
      ScopedForcedOpen(registry_, "/grpc.health.v1.Health/Check"),
      "/grpc.health.v1.Health/Check is never broken");
}

}  // namespace
}  // namespace fusebox::internal
