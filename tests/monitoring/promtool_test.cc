// promtool_test.cc: Prometheus's promtool accepts the files in
// examples/monitoring/.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/base/read_file.h"
#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"

namespace fusebox {
namespace {

// Runs promtool. If its exit code is not `code`, the test fails with its
// output.
void Promtool(const std::string& arguments, int code = 0) {
  const TemporaryFolder folder;
  const std::string log = (folder.path() / "log").string();
  const std::string command = "cd '" + MonitoringFolder().string() +
                              "' && promtool " + arguments + " >'" + log +
                              "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), code << 8) << ReadFile(log);
}

TEST(Promtool, ReadsTheConfigAndItsRules) {
  Promtool("check config prometheus.yml");
}

TEST(Promtool, PassesTheUnitTestsOfTheAlerts) {
  Promtool("test rules alerts_test.yml");
}

// Writes the queries as rules, because promtool reads rules.
void CheckQueries(const std::vector<Query>& queries, int code) {
  const TemporaryFolder folder;
  const std::filesystem::path rules = folder.path() / "rules.yml";
  std::ofstream file(rules);
  file << "groups:\n- name: dashboard\n  rules:\n";
  for (size_t i = 0; i < queries.size(); ++i) {
    file << "  - record: dashboard:query" << i << "\n    expr: "
         << nlohmann::json(WithoutVariables(queries[i].text, "1m", "1h"))
         << "\n";
  }
  file.close();
  Promtool("check rules '" + rules.string() + "'", code);
}

TEST(Promtool, ReadsEveryQueryOfTheDashboard) {
  CheckQueries(DashboardQueries(), 0);
  CheckQueries({{"a bad one", "sum by (state (x)", ""}}, 1);
}

}  // namespace
}  // namespace fusebox
