// check_test.cc: tests of `fusebox check`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/policy/config.h"
#include "tests/tools/process.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kShop[] = R"({
  "defaultPolicy": {"openDuration": "5s"},
  "methodPolicy": [
    {"name": [{"service": "shop.v1.Cart", "method": "Checkout"},
              {"service": "shop.v1.Cart", "method": "Pay"}],
     "policy": {"consecutiveFailures": 2, "ignoredCodes": ["ABORTED"],
                "halfOpen": {"maxProbes": 3}}},
    {"name": [{}], "policy": {"mode": "DRY_RUN", "failureCodes": ["INTERNAL"]}}
  ]
})";

// Returns the line of `out` about `field`, after `heading`.
std::string LineOf(const std::string& out, const std::string& heading,
                   const std::string& field) {
  const size_t block = out.find(heading + "\n");
  const size_t line = out.find(" " + field + " ", block);
  if (block == std::string::npos || line == std::string::npos) return "";
  const size_t start = out.rfind('\n', line) + 1;
  return out.substr(start, out.find('\n', line) - start);
}

TEST(Check, PrintsTheDefaultPolicyAndThenThePolicyOfEachEntry) {
  const Finished check = RunTool({"check", WriteFile("shop.json", kShop)});
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_THAT(check.err, IsEmpty());
  EXPECT_EQ(check.out.rfind("default\n", 0), 0u);
  EXPECT_EQ(LineOf(check.out, "default", "consecutiveFailures"),
            "  consecutiveFailures        5");
  EXPECT_EQ(LineOf(check.out, "default", "openDuration"),
            "  openDuration               5s");
  EXPECT_EQ(LineOf(check.out, "default", "failureRate"),
            "  failureRate                off");
  EXPECT_EQ(LineOf(check.out, "default", "failureCodes"),
            "  failureCodes               UNKNOWN, DEADLINE_EXCEEDED, "
            "RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE, DATA_LOSS");
  const std::string cart = "\nshop.v1.Cart/Checkout\nshop.v1.Cart/Pay";
  EXPECT_EQ(LineOf(check.out, cart, "consecutiveFailures"),
            "* consecutiveFailures        2");
  EXPECT_EQ(LineOf(check.out, cart, "openDuration"),
            "  openDuration               5s");
  EXPECT_EQ(LineOf(check.out, cart, "halfOpen.maxProbes"),
            "* halfOpen.maxProbes         3");
  EXPECT_EQ(LineOf(check.out, cart, "ignoredCodes"),
            "* ignoredCodes               ABORTED");
  EXPECT_EQ(LineOf(check.out, "\nevery method", "mode"),
            "* mode                       DRY_RUN");
  EXPECT_EQ(LineOf(check.out, "\nevery method", "ignoredCodes"),
            "  ignoredCodes               CANCELLED");
}

TEST(Check, PrintsThePoliciesAsAConfigInJson) {
  const Finished check =
      RunTool({"check", "--json", WriteFile("shop.json", kShop)});
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_THAT(check.err, IsEmpty());
  absl::StatusOr<Config> expected = ParseConfigJson(kShop);
  ASSERT_TRUE(expected.ok());
  const absl::StatusOr<Config> printed = ParseConfigJson(check.out);
  ASSERT_TRUE(printed.ok()) << printed.status();
  EXPECT_THAT(check.out, HasSubstr("\"timeout\": \"30s\""));
  EXPECT_EQ(printed->default_policy.failure_codes.size(), 6u);
  EXPECT_EQ(printed->default_policy.open_duration,
            expected->default_policy.open_duration);
  EXPECT_TRUE(printed->method_policy[0].name ==
              expected->method_policy[0].name);
  EXPECT_EQ(printed->method_policy[1].policy.mode, Mode::kDryRun);
}

TEST(Check, PrintsEachProblemOnItsOwnLineOfStandardError) {
  const std::string path = WriteFile(
      "bad.json", R"({"defaultPolicy": {"openDuration": "5ms", "scop": 1}})");
  const Finished check = RunTool({"check", path});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_THAT(check.out, IsEmpty());
  EXPECT_EQ(check.err,
            "defaultPolicy.openDuration: must be a duration like \"1.5s\", is "
            "\"5ms\"\n"
            "defaultPolicy.scop: is not a field; the nearest is scope\n");
}

TEST(Check, ReadsStandardInput) {
  EXPECT_EQ(RunTool({"check", "-"}, "{}").exit_code, 0);
  EXPECT_EQ(RunTool({"check", "-"}, "{").exit_code, 1);
  EXPECT_EQ(RunTool({"check", "-"}, "").err,
            "line 1, column 1: unexpected end of input; expected '[', '{', or "
            "a literal\n");
  const std::string text = "default_policy { consecutive_failures: 3 }";
  EXPECT_EQ(RunTool({"check", "-"}, text).exit_code, 1);
  const Finished check = RunTool({"check", "--format", "textproto", "-"}, text);
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_EQ(LineOf(check.out, "default", "consecutiveFailures"),
            "  consecutiveFailures        3");
}

TEST(Check, ReadsPipesAndNamesThatDoNotSayTheFormat) {
  const std::string json = R"({"defaultPolicy": {"consecutiveFailures": 3}})";
  const std::string textproto = "default_policy { consecutive_failures: 3 }";
  for (const Finished& check :
       {RunShell("$FUSEBOX check --format json /dev/stdin", json),
        RunShell("$FUSEBOX check --format textproto <(cat)", textproto),
        RunTool({"check", "--format", "json", WriteFile("a.txtpb", json)})}) {
    EXPECT_EQ(check.exit_code, 0) << check.err;
    EXPECT_EQ(LineOf(check.out, "default", "consecutiveFailures"),
              "  consecutiveFailures        3");
  }
  EXPECT_THAT(RunShell("$FUSEBOX check /dev/stdin", json).err,
              HasSubstr("unless --format names its format"));
}

TEST(Check, ReadsTextproto) {
  EXPECT_EQ(RunTool({"check", WriteFile("a.textproto", "default_policy {}")})
                .exit_code,
            0);
  const Finished check =
      RunTool({"check", WriteFile("a.txtpb",
                                  "default_policy { max_pushback { seconds: "
                                  "-1 } }")});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_EQ(check.err,
            "default_policy.max_pushback: must be at least 0s, is -1s\n");
}

TEST(Check, UnreadableInputIsNotAProblemOfTheConfig) {
  const Finished missing = RunTool({"check", "/nowhere/a.json"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.out, IsEmpty());
  EXPECT_EQ(missing.err,
            "fusebox check: /nowhere/a.json: No such file or directory\n");
  const std::string yaml = WriteFile("a.yaml", "");
  EXPECT_EQ(RunTool({"check", yaml}).exit_code, 2);
  EXPECT_EQ(RunTool({"check", yaml}).err,
            "fusebox check: " + yaml +
                ": must end in .json, .textproto or .txtpb, unless --format "
                "names its "
                "format\n");
  const std::string folder = yaml + ".json";
  std::filesystem::create_directories(folder);
  EXPECT_EQ(RunTool({"check", folder}).exit_code, 2);
  EXPECT_EQ(RunShell("$FUSEBOX check - </").err,
            "fusebox check: standard input: Is a directory\n");
  const Finished closed = RunShell("$FUSEBOX check - <&-");
  EXPECT_EQ(closed.exit_code, 2);
  EXPECT_THAT(closed.err, HasSubstr("fusebox check: standard input: "));
}

}  // namespace
}  // namespace fusebox
