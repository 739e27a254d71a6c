// config_inheritance_test.cc: tests what the policy of a method inherits, and
// where problems of inherited values are reported.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusebox/policy/policy.h"
#include "tests/config/config_texts.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr char kDefault[] = R"(
    "consecutiveFailures": 7, "openDuration": "2s",
    "failureRate": {"threshold": 0.25, "minimumCalls": 4},
    "failureScore": {"threshold": 20},
    "slowCallRate": {"duration": "1s", "threshold": 0.5},
    "window": {"duration": "30s"},
    "openBackoff": {"multiplier": 2, "maxDuration": "40s", "jitter": 0.1},
    "halfOpen": {"maxProbes": 3, "successesToClose": 2},
    "recoveryRamp": {"duration": "5s", "initialRatio": 0.5},
    "failureCodes": ["ABORTED"])";

TEST(Inheritance, AMissingFieldKeepsTheValueOfTheDefaultPolicy) {
  const Policy inherited = DefaultPolicyOf(kDefault);
  EXPECT_EQ(inherited.consecutive_failures, 7u);
  EXPECT_TRUE(MethodPolicyOf("", kDefault) == inherited);
  Policy expected = inherited;
  expected.mode = Mode::kDryRun;
  EXPECT_TRUE(MethodPolicyOf(R"("mode": "DRY_RUN")", kDefault) == expected);
}

TEST(Inheritance, AnEntryWithoutAPolicyHasTheDefaultPolicy) {
  const auto config = ReadConfig(
      R"({"defaultPolicy": {"consecutiveFailures": 7},
          "methodPolicy": [{"name": [{"service": "s"}]}]})");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->method_policy[0].policy == config->default_policy);
}

TEST(Inheritance, AZeroReplacesTheInheritedValue) {
  EXPECT_EQ(MethodPolicyOf(R"("consecutiveFailures": 0)", kDefault)
                .consecutive_failures,
            0u);
}

TEST(Inheritance, ARuleOrGroupReplacesTheWholeInheritedOne) {
  const Policy policy = MethodPolicyOf(
      R"("failureRate": {"threshold": 0.75}, "halfOpen": {"maxProbes": 9},
         "openBackoff": {"multiplier": 3, "maxDuration": "9s"},
         "window": {"calls": 100})",
      kDefault);
  EXPECT_TRUE(policy.failure_rate == (FailureRate{0.75, 20}));
  EXPECT_TRUE(policy.half_open == (HalfOpen{9, 1, 30s, false}));
  EXPECT_TRUE(policy.open_backoff == (OpenBackoff{3, 9s, 0}));
  EXPECT_TRUE(policy.window == Window::OfCalls(100));
  EXPECT_EQ(policy.consecutive_failures, 7u);
}

TEST(Inheritance, AnEmptyRuleIsOffAndAnEmptyGroupHasItsDefaults) {
  const Policy policy = MethodPolicyOf(
      R"("failureScore": {}, "failureRate": {}, "slowCallRate": {}, "window": {},
         "openBackoff": {}, "halfOpen": {}, "recoveryRamp": {})",
      kDefault);
  EXPECT_FALSE(policy.failure_score);
  EXPECT_FALSE(policy.failure_rate);
  EXPECT_FALSE(policy.slow_call_rate);
  EXPECT_FALSE(policy.open_backoff);
  EXPECT_FALSE(policy.recovery_ramp);
  EXPECT_TRUE(policy.window == Window());
  EXPECT_TRUE(policy.half_open == HalfOpen());
}

TEST(Inheritance, AnEmptyListCountsAsMissing) {
  EXPECT_THAT(MethodPolicyOf(R"("failureCodes": [])", kDefault).failure_codes,
              ElementsAre(absl::StatusCode::kAborted));
  EXPECT_THAT(
      MethodPolicyOf(R"("failureCodes": ["INTERNAL"])", kDefault).failure_codes,
      ElementsAre(absl::StatusCode::kInternal));
}

TEST(Inheritance, OtherFieldsChangeThePreset) {
  Policy expected = Policy::Responsive();
  EXPECT_TRUE(DefaultPolicyOf(R"("preset": "RESPONSIVE")") == expected);
  EXPECT_TRUE(DefaultPolicyOf(R"("preset": "CLASSIC")") == Policy());
  expected.consecutive_failures = 3;
  expected.failure_rate.reset();
  EXPECT_TRUE(DefaultPolicyOf(R"("consecutiveFailures": 3, "failureRate": {},
                                 "preset": "RESPONSIVE")") == expected);
  EXPECT_TRUE(MethodPolicyOf("", R"("preset": "RESPONSIVE")") ==
              Policy::Responsive());
}

TEST(Inheritance, APresetOfAMethodReplacesEveryInheritedValue) {
  EXPECT_TRUE(MethodPolicyOf(R"("preset": "CLASSIC")", kDefault) == Policy());
  Policy expected = Policy::Responsive();
  expected.mode = Mode::kDryRun;
  EXPECT_TRUE(MethodPolicyOf(R"("preset": "RESPONSIVE", "mode": "DRY_RUN")",
                             kDefault) == expected);
}

TEST(Inheritance, AnEntryForEveryMethodInherits) {
  const auto config = ReadConfig(
      R"({"defaultPolicy": {"consecutiveFailures": 7},
          "methodPolicy": [{"name": [{}], "policy": {"mode": "DRY_RUN"}}]})");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->method_policy[0].name[0] == MethodName());
  EXPECT_EQ(config->method_policy[0].policy.consecutive_failures, 7u);
  EXPECT_EQ(config->method_policy[0].policy.mode, Mode::kDryRun);
}

TEST(InheritedProblem, IsReportedOnceAtTheDefaultPolicy) {
  EXPECT_THAT(
      JsonProblems(InMethodPolicy(
          R"("mode": "DRY_RUN")",
          R"("openDuration": "0s", "halfOpen": {"maxProbes": 0})")),
      ElementsAre("defaultPolicy.openDuration: must be greater than 0s, is 0s",
                  "defaultPolicy.halfOpen.maxProbes: must be in [1, 4096], is "
                  "0"));
}

TEST(InheritedProblem, IsReportedAgainWhereItIsWrittenAgain) {
  EXPECT_THAT(
      JsonProblems(
          InMethodPolicy(R"("openDuration": "0s")", R"("openDuration": "0s")")),
      ElementsAre("defaultPolicy.openDuration: must be greater than 0s, is 0s",
                  "methodPolicy[0].policy.openDuration: must be greater than "
                  "0s, is 0s"));
}

TEST(InheritedProblem, IsReportedAtTheFieldThatIsGiven) {
  const std::string policy = "methodPolicy[0].policy.";
  const struct {
    const char* fields;
    const char* inherited;
    const char* problem;
  } cases[] = {
      {R"("window": {"calls": 10})", R"("failureRate": {"threshold": 0.5})",
       "window.calls: must be at least failureRate.minimumCalls, which is 20 "
       "and inherited, is 10"},
      {R"("window": {"calls": 10})",
       R"("slowCallRate": {"duration": "1s", "threshold": 0.5})",
       "window.calls: must be at least slowCallRate.minimumCalls, which is 20 "
       "and inherited, is 10"},
      {R"("failureRate": {"threshold": 0.5})", R"("window": {"calls": 10})",
       "failureRate.minimumCalls: must be at most window.calls, which is 10, "
       "is 20"},
      {R"("openDuration": "50s")",
       R"("openDuration": "1s",
          "openBackoff": {"multiplier": 2, "maxDuration": "40s"})",
       "openDuration: must be at most openBackoff.maxDuration, which is 40s "
       "and inherited, is 50s"},
      {R"("openBackoff": {"multiplier": 2, "maxDuration": "40s"})", "",
       "openBackoff.maxDuration: must be at least openDuration, which is 60s, "
       "is 40s"},
      {R"("failureCodes": ["INTERNAL", "ABORTED"])",
       R"("ignoredCodes": ["ABORTED"])",
       "failureCodes[1]: must not be in ignoredCodes too, which are inherited, "
       "is ABORTED"},
      {R"("ignoredCodes": ["ABORTED"])", R"("failureCodes": ["ABORTED"])",
       "ignoredCodes[0]: must not be in failureCodes too, is ABORTED"},
      {R"("preset": "RESPONSIVE", "openDuration": "90s")", "",
       "openDuration: must be at most openBackoff.maxDuration, which is 60s "
       "and inherited, is 90s"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(JsonProblems(InMethodPolicy(c.fields, c.inherited)),
                ElementsAre(policy + c.problem));
  }
  EXPECT_THAT(
      JsonProblems(
          InMethodPolicy(R"("failureCodes": ["INTERNAL", "ABORTED"])",
                         R"("ignoredCodes": ["ABORTED", "INTERNAL"])")),
      ElementsAre(policy + "failureCodes[1]: must not be in ignoredCodes too, "
                           "which are inherited, is ABORTED",
                  policy + "failureCodes[0]: must not be in ignoredCodes too, "
                           "which are inherited, is INTERNAL"));
  EXPECT_THAT(JsonProblems(InDefaultPolicy(
                  R"("preset": "RESPONSIVE", "openDuration": "90s")")),
              ElementsAre("defaultPolicy.openDuration: must be at most "
                          "openBackoff.maxDuration, which is 60s and "
                          "inherited, is 90s"));
}

}  // namespace
}  // namespace fusebox
