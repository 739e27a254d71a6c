// bad_value_test.cc: tests the exact errors for configs with invalid values.

#include <gtest/gtest.h>

#include <string>

#include "tests/config/config_texts.h"

namespace fusebox {
namespace {

TEST(BadValue, RefusesValuesOutOfRange) {
  ExpectPolicyProblems({
      {R"("openDuration": "0s")",
       {"openDuration: must be greater than 0s, is 0s"}},
      {R"("maxFailureGap": "-1s")",
       {"maxFailureGap: must be at least 0s, is -1s"}},
      {R"("failureScore": {"threshold": 0, "failure": 0, "success": 65536})",
       {"failureScore.threshold: must be in [1, 65535], is 0",
        "failureScore.failure: must be in [1, 65535], is 0",
        "failureScore.success: must be in [1, 65535], is 65536"}},
      {R"("maxPushback": "-1s")", {"maxPushback: must be at least 0s, is -1s"}},
      {R"("minDeadline": "-0.5s")",
       {"minDeadline: must be at least 0s, is -0.5s"}},
      {R"("idleStreamAge": "-1s")",
       {"idleStreamAge: must be at least 0s, is -1s"}},
      {R"("failureRate": {"threshold": 1.5})",
       {"failureRate.threshold: must be in (0, 1], is 1.5"}},
      {R"("failureRate": {"threshold": 0.5, "minimumCalls": 0})",
       {"failureRate.minimumCalls: must be at least 1, is 0"}},
      {R"("slowCallRate": {"duration": "0s", "threshold": 0})",
       {"slowCallRate.duration: must be greater than 0s, is 0s",
        "slowCallRate.threshold: must be in (0, 1], is 0"}},
      {R"("window": {"calls": 0})",
       {"window.calls: must be in [1, 4096], is 0"}},
      {R"("window": {"calls": 4097})",
       {"window.calls: must be in [1, 4096], is 4097"}},
      {R"("window": {"duration": "0s"})",
       {"window.duration: must be at least 0.00001s, is 0s"}},
      {R"("openBackoff": {"multiplier": 0.5, "maxDuration": "1s", "jitter": 2})",
       {"openBackoff.multiplier: must be at least 1 and finite, is 0.5",
        "openBackoff.maxDuration: must be at least openDuration, which is 60s, "
        "is 1s",
        "openBackoff.jitter: must be in [0, 1], is 2"}},
      {R"("halfOpen": {"maxProbes": 0, "successesToClose": 0, "timeout": "0s"})",
       {"halfOpen.maxProbes: must be in [1, 4096], is 0",
        "halfOpen.successesToClose: must be at least 1, is 0",
        "halfOpen.timeout: must be greater than 0s, is 0s"}},
      {R"("recoveryRamp": {"duration": "1s", "initialRatio": -0.1})",
       {"recoveryRamp.initialRatio: must be in [0, 1], is -0.1"}},
      {R"("failureRate": {"threshold": 0.5}, "window": {"calls": 10})",
       {"failureRate.minimumCalls: must be at most window.calls, which is 10, "
        "is 20"}},
  });
}

TEST(BadValue, RefusesARuleWithoutItsRequiredFields) {
  ExpectPolicyProblems({
      {R"("failureRate": {"minimumCalls": 10})",
       {"failureRate.threshold: must be given"}},
      {R"("failureScore": {"failure": 2})",
       {"failureScore.threshold: must be given"}},
      {R"("slowCallRate": {"minimumCalls": 10})",
       {"slowCallRate.duration: must be given",
        "slowCallRate.threshold: must be given"}},
      {R"("openBackoff": {"jitter": 0.1})",
       {"openBackoff.multiplier: must be given",
        "openBackoff.maxDuration: must be given"}},
      {R"("recoveryRamp": {"duration": "1s"})",
       {"recoveryRamp.initialRatio: must be given"}},
      {R"("recoveryRamp": {"initialRatio": 0})",
       {"recoveryRamp.duration: must be given"}},
  });
}

TEST(BadValue, RefusesDuplicateCodesAndOk) {
  ExpectPolicyProblems({
      {R"("failureCodes": ["OK"])",
       {"failureCodes[0]: must be a status code other than OK, is OK"}},
      {R"("rejectionCode": "OK")",
       {"rejectionCode: must be a status code other than OK, is OK"}},
      {R"("failureCodes": ["ABORTED", "INTERNAL", "ABORTED"])",
       {"failureCodes[2]: must be given once, ABORTED is also "
        "failureCodes[0]"}},
      {R"("failureCodes": ["ABORTED"], "ignoredCodes": ["ABORTED"])",
       {"ignoredCodes[0]: must not be in failureCodes too, is ABORTED"}},
      {R"("failureCodes": ["FOO", 14, "OK"])",
       {"failureCodes[0]: " + MustBeACode("\"FOO\""),
        "failureCodes[1]: " + MustBeACode("14"),
        "failureCodes[2]: must be a status code other than OK, is OK"}},
  });
}

TEST(BadValue, RefusesNamesThatAreNotServicesAndMethods) {
  const auto entry = [](const std::string& names) {
    return R"({"methodPolicy": [{"name": [)" + names + "]}]}";
  };
  const std::string name = "methodPolicy[0].name";
  ExpectProblems({
      {R"({"methodPolicy": [{}]})", {name + ": must have at least one entry"}},
      {entry(""), {name + ": must have at least one entry"}},
      {entry(R"({"method": "m"})"),
       {name + "[0].service: must be given where a method is, is empty (method "
               "\"m\")"}},
      {entry(R"({"service": "/s/m"})"),
       {name + "[0].service: must not contain '/', is \"/s/m\""}},
      {entry(R"({"service": "s", "method": "a_b/c"})"),
       {name + "[0].method: must not contain '/', is \"a_b/c\""}},
      {entry(R"({"service": "s "})"),
       {name + "[0].service: must be the full name of a service, like "
               "shop.v1.Cart, is \"s \""}},
      {entry("{\"service\": \"K\xc3\xa4se\\n\"}"),
       {name + "[0].service: must be the full name of a service, like "
               "shop.v1.Cart, is "
               "\"K\xc3\xa4se\\n\""}},
      {entry(R"({"service": "s"}, {"service": "s", "method": ""})"),
       {name +
        "[1]: must be given once, \"s\" is also methodPolicy[0].name[0]"}},
      {entry(R"({}, {"service": ""})"),
       {name + "[1]: must be given once, every method is also "
               "methodPolicy[0].name[0]"}},
      {R"({"methodPolicy": [{"name": [{"service": "s", "method": "m_n"}]}, {"name": [{"service": "s", "method": "m_n"}]}]})",
       {"methodPolicy[1].name[0]: must be given once, \"s/m_n\" is also "
        "methodPolicy[0].name[0]"}},
  });
}

TEST(BadValue, RefusesUnequalPoliciesThatShareABreaker) {
  ExpectProblems({
      {InMethodPolicy(R"("consecutiveFailures": 2)", R"("scope": "CHANNEL")"),
       {"methodPolicy[0].policy: must equal the policy of every method, with "
        "which it shares the channel's breaker"}},
  });
}

TEST(BadValue, ReportsEveryProblemAtOnce) {
  ExpectProblems({
      {R"({
        "defaultPolicy": {"openDuration": 5, "mode": "OFF", "maxPushback": "-1s"},
        "methodPolicy": [
          {"name": [{"method": "m"}], "policy": {"halfOpen": {"maxProbes": 0}, "maxPushbak": 1}},
          {"name": []}]})",
       {"defaultPolicy.openDuration: must be a duration like \"1.5s\", is 5",
        "defaultPolicy.mode: must be ENFORCE, DRY_RUN, DISABLED or "
        "FORCED_OPEN, is \"OFF\"",
        "methodPolicy[0].policy.maxPushbak: is not a field; the nearest is "
        "maxPushback",
        "defaultPolicy.maxPushback: must be at least 0s, is -1s",
        "methodPolicy[0].name[0].service: must be given where a method is, is "
        "empty (method \"m\")",
        "methodPolicy[0].policy.halfOpen.maxProbes: must be in [1, 4096], is 0",
        "methodPolicy[1].name: must have at least one entry"}},
  });
}

// A field that could not be read has no value that could be wrong.
TEST(BadValue, ReportsNoProblemThatFollowsFromAnother) {
  ExpectPolicyProblems({
      {R"("failureRate": {"threshold": "high"})",
       {"failureRate.threshold: must be a number, is \"high\""}},
      {R"("openBackoff": {"multiplier": 2, "maxDuration": 60})",
       {"openBackoff.maxDuration: must be a duration like \"1.5s\", is 60"}},
      {R"("openDuration": 5,
          "openBackoff": {"multiplier": 2, "maxDuration": "40s"})",
       {"openDuration: must be a duration like \"1.5s\", is 5"}},
      {R"("window": {"calls": "10"})",
       {"window.calls: must be an integer, is \"10\""}},
      {R"("failureCodes": ["X"], "ignoredCodes": ["Y"])",
       {"failureCodes[0]: " + MustBeACode("\"X\""),
        "ignoredCodes[0]: " + MustBeACode("\"Y\"")}},
  });
  ExpectProblems({
      {R"({"methodPolicy": [{"name": [{"service": 1}, {"service": 2}]}]})",
       {"methodPolicy[0].name[0].service: must be a string, is 1",
        "methodPolicy[0].name[1].service: must be a string, is 2"}},
      {R"({"methodPolicy": [{"name": 5}]})",
       {"methodPolicy[0].name: must be an array, is 5"}},
  });
}

}  // namespace
}  // namespace fusebox
