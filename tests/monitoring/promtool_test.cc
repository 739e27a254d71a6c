// promtool_test.cc: Prometheus's own tool reads what is in
// examples/monitoring/.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"

namespace fusebox {
namespace {

// Fails the test with what promtool says, if its exit code is not `code`.
void Promtool(const std::string& arguments, int code = 0) {
  const TemporaryFolder folder;
  const std::string log = (folder.path() / "log").string();
  const std::string command = "cd '" + MonitoringFolder().string() +
                              "' && promtool " + arguments + " >'" + log +
                              "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), code << 8) << ReadText(log);
}

TEST(Promtool, ReadsTheConfigAndItsRules) {
  Promtool("check config prometheus.yml");
}

TEST(Promtool, FindsThatTheAlertsDoWhatTheirTestsSay) {
  Promtool("test rules alerts_test.yml");
}

// As rules: those it reads.
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
