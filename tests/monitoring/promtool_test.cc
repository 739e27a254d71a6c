// promtool_test.cc: Prometheus's promtool accepts the files in
// examples/monitoring/, and a scrape of several registries.

#include <gtest/gtest.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/core/call.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/prometheus/collectable.h"
#include "fusebox/registry/registry.h"
#include "tests/monitoring/child_process.h"
#include "tests/monitoring/files.h"
#include "tests/monitoring/run.h"

namespace fusebox {
namespace {

TEST(Promtool, ReadsTheConfigAndItsRules) {
  RunTool("promtool check config prometheus.yml");
}

TEST(Promtool, PassesTheUnitTestsOfTheAlerts) {
  RunTool("promtool test rules alerts_test.yml");
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
  RunTool("promtool check rules '" + rules.string() + "'", code);
}

TEST(Promtool, ReadsEveryQueryOfTheDashboard) {
  CheckQueries(DashboardQueries(), 0);
  CheckQueries({{"a bad one", "sum by (state (x)", ""}}, 1);
}

// Checks what an exposer writes of these families.
void CheckScrape(const std::vector<prometheus::MetricFamily>& families,
                 int code) {
  const TemporaryFolder folder;
  const std::filesystem::path scrape = folder.path() / "metrics";
  std::ofstream(scrape) << prometheus::TextSerializer().Serialize(families);
  RunTool("promtool check metrics <'" + scrape.string() + "'", code);
}

TEST(Promtool, ReadsAScrapeOfTwoRegistries) {
  const auto shop = Registry::Create();
  const auto batch = Registry::Create();
  for (const auto& registry : {shop, batch}) {
    const auto breaker = registry->FindBreaker("shop:443", "/shop.v1.Cart/Get");
    for (int i = 0; i < 8; ++i) Call(*breaker, [] { return false; });
  }
  CheckScrape(
      PrometheusCollectable(
          *MetricReader::Create({{"shop", shop}, {"batch \"2\"", batch}}))
          .Collect(),
      0);

  auto twice = PrometheusCollectable(shop).Collect();
  for (auto& family : PrometheusCollectable(batch).Collect()) {
    twice.push_back(std::move(family));
  }
  CheckScrape(twice, 1);
}

}  // namespace
}  // namespace fusebox
