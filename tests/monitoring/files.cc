#include "tests/monitoring/files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/base/read_file.h"

namespace fusebox {
namespace {

nlohmann::json Dashboard() {
  return nlohmann::json::parse(ReadFile(MonitoringFolder() / "dashboard.json"));
}

}  // namespace

const std::filesystem::path& MonitoringFolder() {
  static const auto& folder = *new auto(
      std::filesystem::path(FUSEBOX_SOURCE_DIR) / "examples" / "monitoring");
  return folder;
}

std::vector<Query> DashboardQueries() {
  const nlohmann::json dashboard = Dashboard();
  std::vector<Query> queries;
  for (const auto& panel : dashboard.at("panels")) {
    if (panel.at("type") == "row") continue;
    for (const auto& target : panel.at("targets")) {
      queries.push_back(
          {panel.at("title"), target.at("expr"), target.at("legendFormat")});
    }
  }
  for (const auto& note : dashboard.at("annotations").at("list")) {
    queries.push_back(
        {note.at("name"), note.at("expr"), note.at("titleFormat")});
  }
  return queries;
}

std::vector<Query> DashboardVariables() {
  std::vector<Query> queries;
  static const std::regex form(R"(label_values\((.*), (\w+)\))");
  const nlohmann::json dashboard = Dashboard();
  for (const auto& variable : dashboard.at("templating").at("list")) {
    if (variable.at("type") != "query") continue;
    const std::string text = variable.at("definition");
    std::smatch match;
    EXPECT_TRUE(std::regex_match(text, match, form)) << text;
    queries.push_back(
        {variable.at("name"), match[1], "{{" + match[2].str() + "}}"});
  }
  return queries;
}

std::vector<Query> AlertQueries() {
  std::vector<Query> alerts;
  std::vector<Query> records;
  std::istringstream lines(ReadFile(MonitoringFolder() / "alerts.yml"));
  static const std::regex rule(R"( *- (alert|record): ([\w:]+))");
  static const std::regex field(R"( {8}(\w+): ?(.*))");
  Query* query = nullptr;
  bool in_expression = false;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, std::regex(" *#.*"))) continue;
    if (std::regex_match(line, match, rule)) {
      auto& rules = match[1] == "alert" ? alerts : records;
      query = &rules.emplace_back(Query{match[2], "", ""});
      in_expression = false;
    } else if (query != nullptr && std::regex_match(line, match, field)) {
      in_expression = match[1] == "expr";
      if (in_expression && match[2] != ">-") query->text = match[2];
    } else if (in_expression) {
      query->text += line;
    }
  }
  for (Query& alert : alerts) {
    for (const Query& record : records) {
      alert.text = std::regex_replace(alert.text, std::regex(record.where),
                                      "(" + record.text + ")");
    }
  }
  return alerts;
}

std::string WithoutVariables(std::string text, const std::string& interval,
                             const std::string& range) {
  text = std::regex_replace(text, std::regex(R"(\$__rate_interval)"), interval);
  text = std::regex_replace(text, std::regex(R"(\$__range)"), range);
  return std::regex_replace(text, std::regex(R"(\$\w+)"), ".*");
}

}  // namespace fusebox
