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
#include "tests/registry/targets.h"

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
    return targets_.Find(target, kMethod)->breaker();
  }
  std::optional<Mode> operator_mode(const char* target = "") {
    return breaker(target).TakeSnapshot().operator_mode;
  }

  const BreakerName name_{"", kMethod};
  const std::shared_ptr<Registry> registry_ = Registry::Create();
  internal::Targets targets_{registry_};
};

TEST_F(ScopedForcedOpenTest, ForcesOneBreakerOpenForItsScope) {
  {
    const ScopedForcedOpen open(registry_, BreakerName{"here", kMethod});
    const Admission admission = breaker("here").Acquire();
    ASSERT_FALSE(admission);
    EXPECT_EQ(admission.rejection->reason, RejectionReason::kForcedOpen);
    EXPECT_TRUE(breaker("there").Acquire());
    EXPECT_TRUE(
        targets_.Find("here", "/shop.v1.Cart/Add")->breaker().Acquire());
  }
  EXPECT_TRUE(breaker("here").Acquire());
  EXPECT_EQ(operator_mode("here"), std::nullopt);
}

TEST_F(ScopedForcedOpenTest, FindsTheOnlyTargetOfAMethod) {
  breaker("here");
  const ScopedForcedOpen open(registry_, kMethod);
  EXPECT_EQ(operator_mode("here"), Mode::kForcedOpen);
}

TEST_F(ScopedForcedOpenTest, FindsTheBreakerThatAServiceShares) {
  Config config;
  config.default_policy.scope = Scope::kService;
  ASSERT_TRUE(registry_->Update(config).ok());
  breaker("here");
  const ScopedForcedOpen open(registry_, "/shop.v1.Cart/Add");
  EXPECT_EQ(operator_mode("here"), Mode::kForcedOpen);
  EXPECT_NONFATAL_FAILURE(ScopedForcedOpen(registry_, "/shop.v1.Search/Query"),
                          R"({"here", "shop.v1.Cart", ""})");
  const ScopedForcedOpen by_name(registry_,
                                 BreakerName{"there", "shop.v1.Cart"});
  EXPECT_EQ(operator_mode("there"), Mode::kForcedOpen);
}

TEST_F(ScopedForcedOpenTest, FailsTheTestOfAMethodThatNoCallHasMet) {
  EXPECT_NONFATAL_FAILURE(
      ScopedForcedOpen(registry_, kMethod),
      "no call of /shop.v1.Cart/Checkout has met a breaker yet. Make one "
      "first, "
      "or give the BreakerName. There are these breakers: none");
  EXPECT_TRUE(registry_->TakeSnapshot().empty());
}

TEST_F(ScopedForcedOpenTest, FailsTheTestOfAMethodWithSeveralBreakers) {
  breaker("here");
  targets_.Find("there", kMethod, "Ada");
  EXPECT_NONFATAL_FAILURE(
      ScopedForcedOpen(registry_, kMethod),
      "calls of /shop.v1.Cart/Checkout have met 2 breakers. Give the "
      "BreakerName of one of them: {\"here\", \"/shop.v1.Cart/Checkout\", "
      "\"\"}, {\"there\", \"/shop.v1.Cart/Checkout\", \"Ada\"}");
  EXPECT_EQ(operator_mode("here"), std::nullopt);
}

TEST_F(ScopedForcedOpenTest, FindsTheBreakerOfAKeyByName) {
  const ScopedForcedOpen open(registry_, BreakerName{"here", kMethod, "Ada"});
  EXPECT_TRUE(breaker("here").Acquire());
  EXPECT_FALSE(targets_.Find("here", kMethod, "Ada")->breaker().Acquire());
}

TEST_F(ScopedForcedOpenTest, RestoresTheModeThatAnOperatorHadGiven) {
  for (const Mode before :
       {Mode::kEnforce, Mode::kDryRun, Mode::kDisabled, Mode::kForcedOpen}) {
    breaker().SetOperatorMode(before);
    {
      const ScopedForcedOpen open(registry_, name_);
      EXPECT_EQ(operator_mode(), Mode::kForcedOpen);
    }
    EXPECT_EQ(operator_mode(), before);
  }
}

TEST_F(ScopedForcedOpenTest, ScopesMayNest) {
  {
    const ScopedForcedOpen outer(registry_, name_);
    { const ScopedForcedOpen inner(registry_, name_); }
    EXPECT_EQ(operator_mode(), Mode::kForcedOpen);
  }
  EXPECT_EQ(operator_mode(), std::nullopt);
}

TEST_F(ScopedForcedOpenTest, KeepsItsRegistry) {
  auto registry = Registry::Create();
  const ScopedForcedOpen open(registry, name_);
  const std::weak_ptr<Registry> watch = registry;
  registry.reset();
  EXPECT_FALSE(watch.expired());
}

TEST_F(ScopedForcedOpenTest, FailsTheTestOfAMethodThatIsNeverBroken) {
  constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
  constexpr char kWhy[] =
      "/grpc.health.v1.Health/Check has no circuit breaker unless the config "
      "names it";
  EXPECT_NONFATAL_FAILURE(ScopedForcedOpen(registry_, kCheck), kWhy);
  EXPECT_NONFATAL_FAILURE(ScopedForcedOpen(registry_, BreakerName{"", kCheck}),
                          kWhy);
}

}  // namespace
}  // namespace fusebox::internal
