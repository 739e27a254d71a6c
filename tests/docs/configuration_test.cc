// configuration_test.cc: tests that docs/configuration.md agrees with the
// schema, the structs, the example and the error messages.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "fusebox/base/problem.h"
#include "fusebox/config/config_proto.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/v1/config.pb.h"
#include "tests/base/read_file.h"
#include "tests/config/config_texts.h"
#include "tests/config/message_leaves.h"
#include "tests/docs/pages.h"
#include "tools/fusebox/policy_table_text.h"

namespace fusebox::internal {
namespace {

using google::protobuf::FieldDescriptor;
using testing::StartsWith;

std::string Page() { return ReadFile(Root() / "docs/configuration.md"); }

// Returns the rows "| `field` | second column |..." of a section of the page.
std::map<std::string, std::string> Rows(const std::string& section) {
  const std::string text = SectionOf(Page(), section);
  std::map<std::string, std::string> rows;
  const std::regex row("\n\\| `([A-Za-z.]+)` \\| ([^|]*) \\|");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), row);
       match != std::sregex_iterator(); ++match) {
    EXPECT_EQ(rows.count((*match)[1]), 0u) << (*match)[1];
    rows[(*match)[1]] = (*match)[2];
  }
  return rows;
}

std::map<std::string, std::string> FieldsOf(const Policy& policy) {
  Config config;
  config.default_policy = policy;
  const v1::Config proto = ConfigToProto(tool::WithEffectiveCodes(config));
  std::map<std::string, std::string> fields;
  for (const auto& field : tool::FieldTexts(proto.default_policy())) {
    fields[field.path] = field.value;
  }
  return fields;
}

// Returns the paths of the fields that must be given if their rule is.
std::set<std::string> RequiredFields() {
  v1::Config proto;
  v1::Policy& policy = *proto.mutable_default_policy();
  policy.mutable_failure_score()->set_success(1);
  policy.mutable_failure_rate()->set_minimum_calls(1);
  policy.mutable_slow_call_rate()->set_minimum_calls(1);
  policy.mutable_open_backoff()->set_jitter(0);
  policy.mutable_recovery_ramp()->mutable_duration();
  Problems problems;
  ResolveConfig(proto, &problems);
  policy.mutable_recovery_ramp()->clear_duration();
  policy.mutable_recovery_ramp()->set_initial_ratio(0);
  ResolveConfig(proto, &problems);
  std::set<std::string> paths;
  for (const Problem& problem : problems) {
    EXPECT_EQ(problem.rule, "must be given");
    paths.insert(problem.path);
  }
  return paths;
}

TEST(ConfigurationPage, ListsEveryFieldOfTheProtoWithItsDefault) {
  std::map<std::string, std::string> expected = FieldsOf(Policy());
  Policy with_rules;
  with_rules.failure_score.emplace();
  with_rules.failure_rate.emplace();
  with_rules.slow_call_rate.emplace();
  with_rules.open_backoff.emplace();
  with_rules.recovery_ramp.emplace();
  // A rule that is in both maps stays off.
  const auto in_rules = FieldsOf(with_rules);
  expected.insert(in_rules.begin(), in_rules.end());
  const std::set<std::string> required = RequiredFields();
  EXPECT_EQ(required.size(), 8u);
  for (const LeafPath& leaf : Leaves(*v1::Policy::descriptor())) {
    std::string path = "default_policy";
    for (const FieldDescriptor* const field : leaf) {
      path += "." + std::string(field->name());
    }
    std::string& value = expected[Print(leaf)];
    if (required.count(path) != 0) value = "required";
    if (path == "default_policy.preset") value = "CLASSIC";
    if (value.empty()) value = "none";
  }
  EXPECT_EQ(Rows("Fields of a policy"), expected);
}

TEST(ConfigurationPage, DescribesThePresetResponsive) {
  const auto classic = FieldsOf(Policy::Classic());
  std::map<std::string, std::string> expected;
  for (const auto& [path, value] : FieldsOf(Policy::Responsive())) {
    const std::string field = path.substr(0, path.find('.'));
    const auto same = classic.find(path);
    const bool differs = same == classic.end() || same->second != value;
    // The page also lists two fields that do not differ but belong to the
    // rules.
    if (!differs && field != "consecutiveFailures" && field != "window") {
      continue;
    }
    std::string& text = expected[field];
    text += (text.empty() ? "" : ", ") +
            (path == field ? "" : path.substr(field.size() + 1) + " ") + value;
  }
  const auto sorted = [](const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream >> std::ws, part, ',');) {
      parts.push_back(part);
    }
    std::sort(parts.begin(), parts.end());
    return parts;
  };
  const auto rows = Rows("Presets");
  ASSERT_EQ(rows.size(), expected.size());
  for (const auto& [field, text] : rows) {
    EXPECT_EQ(sorted(text), sorted(expected[field])) << field;
  }
}

TEST(ConfigurationPage, ShowsRealMessages) {
  std::vector<std::string> shown;
  std::istringstream block(BlocksOf(SectionOf(Page(), "Errors"), "text").at(0));
  for (std::string line; std::getline(block, line);) shown.push_back(line);
  std::vector<std::string> reported = JsonProblems(R"({
      "defaultPolicy": {"openDuration": "5ms"},
      "methodPolicy": [
        {"name": [{"service": "shop.v1.Cart"}],
         "policy": {"treshold": 1, "failureRate": {"threshold": 1.5}}},
        {"name": [{"service": "shop.v1.Cart"}]}]})");
  ASSERT_EQ(reported.size(), shown.size());
  const std::string dots = "...";
  for (size_t i = 0; i < reported.size(); ++i) {
    const size_t end = shown[i].find(dots);
    if (end != std::string::npos) {
      EXPECT_THAT(reported[i], StartsWith(shown[i].substr(0, end)));
    } else {
      EXPECT_EQ(reported[i], shown[i]);
    }
  }
}

TEST(ConfigurationPage, ShowsTheConfigOfTheExampleAndItsOutput) {
  const std::string section = SectionOf(Page(), "An example");
  const std::filesystem::path config =
      Root() / "examples/config_file/breakers.json";
  EXPECT_EQ(BlocksOf(section, "json").at(0), ReadFile(config));
  EXPECT_EQ(BlocksOf(section, "text").at(0),
            OutputOf(ExampleProgram("config_file") + " " + config.string()));
}

}  // namespace
}  // namespace fusebox::internal
