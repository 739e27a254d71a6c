// collectable_test.cc: what prometheus-cpp writes of the metrics.

#include "fusebox/prometheus/collectable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/text_serializer.h>

#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "fusebox/metrics/names.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/prometheus/full_scenario.h"

namespace fusebox::internal {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string TextOf(const std::shared_ptr<Registry>& registry) {
  return prometheus::TextSerializer().Serialize(
      PrometheusCollectable(registry).Collect());
}

class PrometheusExporter : public testing::Test {
 protected:
  ManualClock clock_;
  const std::shared_ptr<Registry> registry_ = FullScenario(clock_);
};

TEST_F(PrometheusExporter, ExportsTheTableAndNothingElse) {
  std::set<std::string> expected;
  for (const MetricInfo& info : kMetrics) {
    expected.insert(std::string(info.name) + " " +
                    std::string(Name(info.type)));
  }
  std::set<std::string> exported;
  std::istringstream text(TextOf(registry_));
  for (std::string line; std::getline(text, line);) {
    const std::string type = "# TYPE ";
    if (line.rfind(type, 0) == 0) {
      EXPECT_TRUE(exported.insert(line.substr(type.size())).second) << line;
    }
  }
  EXPECT_EQ(exported, expected);
}

TEST_F(PrometheusExporter, EveryLabelIsOneOfTheTable) {
  std::set<std::string> breaker(kBreakerLabels.begin(), kBreakerLabels.end());
  for (const auto& family : PrometheusCollectable(registry_).Collect()) {
    std::set<std::string> known;
    for (const MetricInfo& info : kMetrics) {
      if (info.name != family.name) continue;
      if (info.owner == MetricOwner::kBreaker) known = breaker;
      known.insert(info.labels.begin(), info.labels.end());
    }
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) {
        EXPECT_EQ(known.count(label.name), 1u) << family.name << label.name;
        EXPECT_FALSE(label.value.empty()) << family.name << label.name;
      }
    }
  }
}

TEST_F(PrometheusExporter, WritesEachTypeAsPrometheusReadsIt) {
  const std::string text = TextOf(registry_);
  const std::string name = "\ngrpc_client_circuit_breaker_";
  const std::string get =
      R"({grpc_target="shop:443",grpc_service="shop.v1.Cart",grpc_method="Get")";
  const std::string checkout =
      R"({grpc_target="shop:443",grpc_service="shop.v1.Cart",grpc_method="Checkout")";
  const std::string failed = get + R"(,outcome="FAILURE")";
  for (const std::string& sample : {
           "calls_total" + get + R"(,outcome="SUCCESS",code="NOT_FOUND"} 1)",
           "state" + checkout + R"(,state="OPEN"} 1)",
           "open_remaining_seconds" + checkout + "} 59",
           std::string("config_generation 1"),
           "call_duration_seconds_bucket" + failed + R"(,le="0.001"} 0)",
           "call_duration_seconds_bucket" + failed + R"(,le="0.005"} 1)",
           "call_duration_seconds_bucket" + failed + R"(,le="+Inf"} 1)",
           "call_duration_seconds_count" + failed + "} 1",
       }) {
    EXPECT_THAT(text, HasSubstr(name + sample + "\n"));
  }
  EXPECT_THAT(
      text, HasSubstr(name + "call_duration_seconds_sum" + failed + "} 0.004"));
}

TEST_F(PrometheusExporter, LeavesOutMetricsWithoutSamples) {
  const auto registry = Registry::Create();
  const std::string text = TextOf(registry);
  EXPECT_THAT(text, Not(HasSubstr("circuit_breaker_state")));
  EXPECT_THAT(text, HasSubstr("circuit_breaker_config_errors_total 0\n"));
}

TEST_F(PrometheusExporter, EscapesNamesThatCallersMadeUp) {
  const auto breaker =
      registry_->FindBreaker("a \"target\"\nwith \\", "/s.S/m\xFF");
  EXPECT_THAT(TextOf(registry_),
              HasSubstr(R"(grpc_target="a \"target\"\nwith \\",)"
                        R"(grpc_service="s.S",grpc_method="m\\xff")"));
}

TEST_F(PrometheusExporter, StartsToCountCalls) {
  const auto registry = Registry::Create();
  const auto breaker = registry->FindBreaker("t", "/s/m");
  EXPECT_FALSE(registry->TakeSnapshot()[0].calls);
  const PrometheusCollectable collectable(registry);
  EXPECT_TRUE(registry->TakeSnapshot()[0].calls);
}

}  // namespace
}  // namespace fusebox::internal
