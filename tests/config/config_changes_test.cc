// config_changes_test.cc: tests the comparison of two configs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "fusebox/policy/config.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// Returns the changes as texts.
std::vector<std::string> Changes(const Config& before, const Config& after) {
  std::vector<std::string> texts;
  for (const ConfigChange& change : CompareConfigs(before, after)) {
    texts.push_back(ToString(change));
  }
  return texts;
}

MethodPolicy Named(const std::string& service, const std::string& method,
                   const Policy& policy) {
  return {{{service, method}}, policy};
}

TEST(ConfigChanges, EqualConfigsHaveNone) {
  EXPECT_THAT(Changes(Config(), Config()), IsEmpty());
}

TEST(ConfigChanges, NameTheFieldOfTheDefaultPolicyWithBothValues) {
  Config after;
  after.default_policy.open_duration = 30s;
  after.default_policy.mode = Mode::kDryRun;
  EXPECT_THAT(Changes(Config(), after),
              ElementsAre("defaultPolicy.openDuration: 60s -> 30s",
                          "defaultPolicy.mode: ENFORCE -> DRY_RUN"));
}

TEST(ConfigChanges, ARuleThatIsOffIsOneValueAndOtherRulesAreComparedByField) {
  Config before;
  Config after;
  after.default_policy.failure_rate = FailureRate{0.5, 20};
  EXPECT_THAT(Changes(before, after),
              ElementsAre("defaultPolicy.failureRate: off -> "
                          R"({"threshold":0.5,"minimumCalls":20})"));
  before = after;
  after.default_policy.failure_rate->threshold = 0.25;
  EXPECT_THAT(Changes(before, after),
              ElementsAre("defaultPolicy.failureRate.threshold: 0.5 -> 0.25"));
}

TEST(ConfigChanges, ANewEntryIsComparedWithThePolicyThatTheMethodHadBefore) {
  Config before;
  Policy of_service;
  of_service.open_duration = 10s;
  before.method_policy = {Named("s.S", "", of_service)};
  Config after = before;
  Policy of_method = of_service;
  of_method.consecutive_failures = 9;
  after.method_policy.push_back(Named("s.S", "M", of_method));
  EXPECT_THAT(Changes(before, after),
              ElementsAre("/s.S/M: consecutiveFailures: 5 -> 9"));
  EXPECT_THAT(Changes(after, before),
              ElementsAre("/s.S/M: consecutiveFailures: 9 -> 5"));
}

TEST(ConfigChanges, AnEntryThatGivesTheSamePolicyChangesNothing) {
  Config after;
  after.method_policy = {Named("s.S", "M", Policy())};
  EXPECT_THAT(Changes(Config(), after), IsEmpty());
}

TEST(ConfigChanges, ListsAreOneValue) {
  Config after;
  after.default_policy.ignored_codes = {absl::StatusCode::kInternal};
  EXPECT_THAT(
      Changes(Config(), after),
      ElementsAre(R"(defaultPolicy.ignoredCodes: off -> ["INTERNAL"])"));
}

TEST(ConfigChanges, AMethodThatGetsABreakerOnlyByItsNameIsTold) {
  Config after;
  after.method_policy = {Named("grpc.health.v1.Health", "Check", Policy())};
  EXPECT_THAT(
      Changes(Config(), after),
      ElementsAre("/grpc.health.v1.Health/Check: breaker: none -> one"));
}

}  // namespace
}  // namespace fusebox
