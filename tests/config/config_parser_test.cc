// config_parser_test.cc: tests reading JSON, textproto and files.

#include "fusebox/config/config_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/policy/config.h"
#include "tests/config/config_texts.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ParseConfigJson, ReadsAConfig) {
  const absl::StatusOr<Config> config = ParseConfigJson(R"({
    "defaultPolicy": {"consecutiveFailures": 3, "openDuration": "0.25s"},
    "methodPolicy": [{
      "name": [{"service": "s", "method": "m"}, {"service": "t"}],
      "policy": {"ignoredCodes": ["ABORTED"], "mode": "DRY_RUN"}}]})");
  ASSERT_TRUE(config.ok()) << config.status();
  Config expected;
  expected.default_policy.consecutive_failures = 3;
  expected.default_policy.open_duration = 250ms;
  expected.method_policy.push_back(
      {{{"s", "m"}, {"t", ""}}, expected.default_policy});
  expected.method_policy[0].policy.ignored_codes = {absl::StatusCode::kAborted};
  expected.method_policy[0].policy.mode = Mode::kDryRun;
  EXPECT_TRUE(*config == expected);
}

TEST(ParseConfigJson, ReadsAnEmptyObjectAsTheDefaultConfig) {
  for (const char* const json :
       {"{}", " \n{ }\t", "\xef\xbb\xbf{}", R"({"defaultPolicy": {}})",
        R"({"methodPolicy": []})"}) {
    Problems problems = {{"old", "problem"}};
    const absl::StatusOr<Config> config = ParseConfigJson(json, &problems);
    ASSERT_TRUE(config.ok()) << json << config.status();
    EXPECT_TRUE(*config == Config()) << json;
    EXPECT_THAT(problems, IsEmpty());
  }
}

TEST(ParseConfigJson, AcceptsIntegersInEveryNotation) {
  for (const char* const number : {"10", "10.0", "1e1", "1E+1", "100e-1"}) {
    EXPECT_EQ(DefaultPolicyOf("\"consecutiveFailures\": " + std::string(number))
                  .consecutive_failures,
              10u)
        << number;
  }
  EXPECT_EQ(DefaultPolicyOf(R"("consecutiveFailures": 4294967295)")
                .consecutive_failures,
            UINT32_MAX);
}

TEST(ParseConfigJson, ReturnsEveryProblemInTheStatus) {
  const absl::StatusOr<Config> config =
      ParseConfigJson(R"({"defaultPolicy": {"mode": 1, "scope": 2}})");
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(config.status().message()),
            "defaultPolicy.mode: must be ENFORCE, DRY_RUN, DISABLED or "
            "FORCED_OPEN, is 1; defaultPolicy.scope: must be METHOD, SERVICE "
            "or CHANNEL, is 2");
}

TEST(ParseConfigTextproto, ReadsTheSameConfigAsJson) {
  const absl::StatusOr<Config> config = ParseConfigTextproto(R"(
    # The breakers of the shop.
    default_policy { consecutive_failures: 3 open_duration { seconds: 5 } }
    method_policy {
      name { service: "s" method: "m" }
      policy { mode: DRY_RUN ignored_codes: [ABORTED, NOT_FOUND] }
    })");
  ASSERT_TRUE(config.ok()) << config.status();
  const absl::StatusOr<Config> same = ParseConfigJson(R"({
    "defaultPolicy": {"consecutiveFailures": 3, "openDuration": "5s"},
    "methodPolicy": [{
      "name": [{"service": "s", "method": "m"}],
      "policy": {"mode": "DRY_RUN", "ignoredCodes": ["ABORTED", "NOT_FOUND"]}
    }]})");
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(*config == *same);
}

TEST(ParseConfigTextproto, ReportsSyntaxErrorsByLineAndColumn) {
  const struct {
    const char* text;
    const char* start;
  } cases[] = {
      {"default_policy { mode: OFF }", "line 1, column "},
      {"default_policy {\n  mod: ENFORCE\n}", "line 2, column "},
      {"default_policy {", "line 1, column 17: "},
      {"default_policy { consecutive_failures: -1 }", "line 1, column 40: "},
      {"default_policy { window { calls: 1 duration { seconds: 1 } } }",
       "line 1, column "},
      {"default_policy { consecutive_failures: 1 consecutive_failures: 2 }",
       "line 1, column "},
      {"default_policy \xff", "line 1, column 16: "},
  };
  for (const auto& c : cases) {
    const auto problems = TextprotoProblems(c.text);
    ASSERT_FALSE(problems.empty()) << c.text;
    EXPECT_THAT(problems[0], testing::StartsWith(c.start)) << c.text;
  }
}

TEST(ParseConfigTextproto, ReportsOtherProblemsWithPathsInSnakeCase) {
  const struct {
    const char* fields;
    const char* problem;
  } cases[] = {
      {"open_duration { seconds: -1 }",
       "open_duration: must be greater than 0s, is -1s"},
      {"failure_rate { threshold: nan }",
       "failure_rate.threshold: must be in (0, 1], is nan"},
      {"failure_rate { minimum_calls: 1 }",
       "failure_rate.threshold: must be given"},
      {"open_backoff { multiplier: inf max_duration { seconds: 60 } }",
       "open_backoff.multiplier: must be at least 1 and finite, is inf"},
      {"mode: 256",
       "mode: must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is 256"},
      {"preset: 7", "preset: must be CLASSIC or RESPONSIVE, is 7"},
      {"failure_codes: 17",
       "failure_codes[0]: must be a status code other than OK, is 17"},
      {"window { calls: 0 }", "window.calls: must be in [1, 4096], is 0"},
      {"max_pushback { seconds: 1 nanos: -1 }",
       "max_pushback: must be within +-9223372036.854775807s, with seconds "
       "and nanos of one sign and less than 1s of nanos"},
      {"max_pushback { seconds: 9223372036 nanos: 854775808 }",
       "max_pushback: must be within +-9223372036.854775807s, with seconds "
       "and nanos of one sign and less than 1s of nanos"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(
        TextprotoProblems("default_policy {" + std::string(c.fields) + "}"),
        ElementsAre("default_policy." + std::string(c.problem)));
  }
  EXPECT_THAT(
      TextprotoProblems("default_policy { rejection_code: 17 }"),
      ElementsAre("default_policy.rejection_code: " + MustBeACode("17")));
  EXPECT_THAT(
      TextprotoProblems(R"(method_policy { name { service: "\xff" } })"),
      ElementsAre("method_policy[0].name[0].service: must be the full "
                  "name of a service, like shop.v1.Cart, is \"\\xff\""));
}

class LoadConfigFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) /
        testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  }
};

TEST_F(LoadConfigFileTest, ChoosesTheFormatByTheEndingOfTheName) {
  const std::string json = R"({"defaultPolicy": {"consecutiveFailures": 3}})";
  const std::string text = "default_policy { consecutive_failures: 3 }";
  for (const auto& [name, content] :
       {std::pair("a.json", json), {"a.textproto", text}, {"a.txtpb", text}}) {
    const absl::StatusOr<Config> config = LoadConfigFile(Write(name, content));
    ASSERT_TRUE(config.ok()) << name << config.status();
    EXPECT_EQ(config->default_policy.consecutive_failures, 3u) << name;
  }
}

TEST_F(LoadConfigFileTest, NamesTheFileInTheError) {
  const std::string path = Write("bad.json", R"({"defaultPolicy": {"x": 1,}})");
  Problems problems;
  const absl::StatusOr<Config> config = LoadConfigFile(path, &problems);
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(config.status().message()),
            path +
                ": line 1, column 27: unexpected '}'; expected string "
                "literal");
  EXPECT_EQ(problems.size(), 1u);
}

TEST_F(LoadConfigFileTest, ReportsNoProblemsForAFileThatCannotBeRead) {
  Problems problems = {{"old", "problem"}};
  absl::Status status = LoadConfigFile("/nowhere/a.json", &problems).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nowhere/a.json"));
  EXPECT_THAT(problems, IsEmpty());

  const std::string path = Write("a.yaml", "{}");
  status = LoadConfigFile(path, &problems).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            path + ": must end in .json, .textproto or .txtpb");
  EXPECT_THAT(problems, IsEmpty());

  std::filesystem::create_directories(path + ".json");
  status = LoadConfigFile(path + ".json", &problems).status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(problems, IsEmpty());
}

TEST_F(LoadConfigFileTest, RefusesAFileThatIsTooLong) {
  const std::string path =
      Write("long.json", "{}" + std::string(kMaxConfigBytes, ' '));
  EXPECT_THAT(std::string(LoadConfigFile(path).status().message()),
              HasSubstr("config: must be at most 16777216 bytes"));
}

TEST(ConfigFromProto, ConvertsAMessageOrReportsItsProblems) {
  v1::Config proto;
  proto.mutable_default_policy()->set_consecutive_failures(3);
  const absl::StatusOr<Config> config = ConfigFromProto(proto);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->default_policy.consecutive_failures, 3u);
  proto.mutable_default_policy()->mutable_half_open()->set_max_probes(0);
  EXPECT_EQ(std::string(ConfigFromProto(proto).status().message()),
            "default_policy.half_open.max_probes: must be in [1, 4096], is 0");
}

}  // namespace
}  // namespace fusebox
