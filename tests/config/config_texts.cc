#include "tests/config/config_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/json_message.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox {
namespace {

std::vector<std::string> Lines(const absl::StatusOr<Config>& config,
                               const Problems& problems) {
  EXPECT_EQ(config.ok(), problems.empty());
  if (!config.ok()) {
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(std::string(config.status().message()), ToString(problems));
  }
  std::vector<std::string> lines;
  for (const Problem& problem : problems) {
    EXPECT_FALSE(problem.path.empty());
    lines.push_back(ToString(problem));
    EXPECT_TRUE(internal::IsUtf8(lines.back())) << Quoted(lines.back());
    EXPECT_EQ(lines.back().find('\n'), std::string::npos) << lines.back();
  }
  return lines;
}

std::string Braces(const std::string& fields) { return "{" + fields + "}"; }

}  // namespace

std::vector<std::string> JsonProblems(std::string_view json) {
  Problems problems;
  const absl::StatusOr<Config> config = ParseConfigJson(json, &problems);
  return Lines(config, problems);
}

std::vector<std::string> TextprotoProblems(std::string_view textproto) {
  Problems problems;
  const absl::StatusOr<Config> config =
      ParseConfigTextproto(textproto, &problems);
  return Lines(config, problems);
}

void ExpectProblems(const std::vector<Bad>& table) {
  for (const Bad& bad : table) {
    EXPECT_THAT(JsonProblems(bad.text), testing::ElementsAreArray(bad.problems))
        << bad.text;
  }
}

void ExpectPolicyProblems(const std::vector<Bad>& table) {
  for (Bad bad : table) {
    for (std::string& problem : bad.problems) {
      problem = "defaultPolicy." + problem;
    }
    ExpectProblems({{InDefaultPolicy(bad.text), bad.problems}});
  }
}

std::string MustBeACode(const std::string& value) {
  return "must be OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, "
         "NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED, "
         "FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, "
         "UNAVAILABLE, DATA_LOSS or UNAUTHENTICATED, is " +
         value;
}

std::optional<Config> ReadConfig(std::string_view json) {
  Problems problems;
  const absl::StatusOr<Config> parsed = ParseConfigJson(json, &problems);
  if (!Lines(parsed, problems).empty()) return std::nullopt;
  if (parsed.ok()) return *parsed;
  problems.clear();
  v1::Config proto;
  EXPECT_TRUE(internal::ReadJson(json, &proto, &problems));
  Config config = internal::ResolveConfig(proto, &problems);
  EXPECT_EQ(ToString(problems), "");
  return config;
}

std::string InDefaultPolicy(const std::string& fields) {
  return R"({"defaultPolicy": )" + Braces(fields) + "}";
}

std::string InMethodPolicy(const std::string& fields,
                           const std::string& default_fields) {
  return R"({"defaultPolicy": )" + Braces(default_fields) +
         R"(, "methodPolicy": [{"name": [{"service": "s"}], "policy": )" +
         Braces(fields) + "}]}";
}

Policy DefaultPolicyOf(const std::string& fields) {
  const std::string json = InDefaultPolicy(fields);
  const std::optional<Config> config = ReadConfig(json);
  EXPECT_TRUE(config) << json << testing::PrintToString(JsonProblems(json));
  return config ? config->default_policy : Policy();
}

Policy MethodPolicyOf(const std::string& fields,
                      const std::string& default_fields) {
  const std::string json = InMethodPolicy(fields, default_fields);
  const std::optional<Config> config = ReadConfig(json);
  EXPECT_TRUE(config) << json << testing::PrintToString(JsonProblems(json));
  return config ? config->method_policy[0].policy : Policy();
}

std::vector<std::string> GoodConfigs() {
  return {
      "{}",
      R"({
  "defaultPolicy": {"consecutiveFailures": 5, "openDuration": "60s"},
  "methodPolicy": [
    {"name": [{"service": "shop.v1.Cart", "method": "Checkout"}],
     "policy": {"failureRate": {"threshold": 0.5, "minimumCalls": 20},
                "window": {"duration": "10s"}, "openDuration": "5s",
                "openBackoff": {"multiplier": 2, "maxDuration": "60s",
                                "jitter": 0.2},
                "halfOpen": {"maxProbes": 3, "successesToClose": 2,
                             "timeout": "30s"}}},
    {"name": [{"service": "shop.v1.Search"}], "policy": {"mode": "DRY_RUN"}}
  ]
})",
      R"({"defaultPolicy": {
  "preset": "RESPONSIVE",
  "maxFailureGap": "3600s",
  "failureScore": {"threshold": 20, "failure": 3, "success": 2},
  "slowCallRate": {"duration": "0.25s", "threshold": 1e-3, "minimumCalls": 1},
  "window": {"calls": 4096},
  "recoveryRamp": {"duration": "5s", "initialRatio": 0.1},
  "maxConcurrentCalls": 100,
  "failureCodes": ["UNAVAILABLE", "INTERNAL"], "ignoredCodes": ["ABORTED"],
  "minDeadline": "0.01s", "idleStreamAge": "240s",
  "honorPushback": false, "maxPushback": "60s",
  "rejectionCode": "RESOURCE_EXHAUSTED", "scope": "SERVICE",
  "streamVerdict": "FINAL_STATUS", "countBrokenStreams": true,
  "halfOpen": {"earlyOnReconnect": true}
},
"methodPolicy": [{
  "name": [{}],
  "policy": {"failureScore": {}, "slowCallRate": {}, "openBackoff": {}, "window": {},
             "halfOpen": {}, "recoveryRamp": {}, "consecutiveFailures": 0}
}, {
  "name": [{"service": "a", "method": "b"}, {"service": "c"}],
  "policy": {"preset": "CLASSIC", "mode": "FORCED_OPEN"}
}]})",
  };
}

}  // namespace fusebox
