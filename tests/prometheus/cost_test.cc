// cost_test.cc: docs/metrics.md says how much a scrape of many breakers is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/internal/number.h"
#include "fusebox/core/types.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/prometheus/collectable.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "tests/base/read_file.h"
#include "tests/registry/targets.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// "57005" -> "57,005"
std::string WithCommas(size_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

// Two digits are enough for a decision, and do not change with every word.
std::string Bytes(size_t bytes) {
  const double rounding = std::pow(10, std::floor(std::log10(bytes)) - 1);
  const double rounded =
      std::round(static_cast<double>(bytes) / rounding) * rounding;
  return rounded < 1e6 ? Number(rounded / 1e3) + " kB"
                       : Number(rounded / 1e6) + " MB";
}

// Returns the size of a scrape: "57,005 series, 10 MB".
std::string Scrape(const std::shared_ptr<Registry>& registry,
                   const MetricOptions& options = {}) {
  const std::string text = prometheus::TextSerializer().Serialize(
      PrometheusCollectable(MetricReader(registry, options)).Collect());
  size_t series = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line[0] != '#') ++series;
  }
  return WithCommas(series) + " series, " + Bytes(text.size());
}

// Ends a call of each breaker.
void Call(Targets& targets, int breakers, Outcome outcome,
          absl::StatusCode code) {
  for (int i = 0; i < breakers; ++i) {
    const std::string method =
        "/shop.v1.CartService/Method" + std::to_string(1000 + i);
    targets.Find("cart.shop.svc.cluster.local:50051", method)
        ->binding()
        ->observed.Ended({outcome, code, "", 3ms});
  }
}

// Returns the row of the table for this many breakers.
std::string Row(int breakers) {
  const auto registry = Registry::Create();
  registry->MeterCalls();
  Targets targets(registry);
  MetricOptions no_histograms;
  no_histograms.histograms = false;
  Call(targets, breakers, Outcome::kSuccess, absl::StatusCode::kOk);
  const std::string healthy = Scrape(registry);
  Call(targets, breakers, Outcome::kFailure, absl::StatusCode::kUnavailable);
  Call(targets, breakers, Outcome::kIgnored, absl::StatusCode::kCancelled);
  return "| " + WithCommas(static_cast<size_t>(breakers)) + " | " + healthy +
         " | " + Scrape(registry) + " | " + Scrape(registry, no_histograms) +
         " |\n";
}

TEST(ScrapeCost, IsAsTheTableInTheDocsSays) {
  const std::string page = ReadFile(std::filesystem::path(FUSEBOX_SOURCE_DIR) /
                                    "docs" / "metrics.md");
  for (const int breakers : {10, 100, 1000}) {
    const std::string row = Row(breakers);
    EXPECT_THAT(page, HasSubstr(row));
  }
}

}  // namespace
}  // namespace fusebox::internal
