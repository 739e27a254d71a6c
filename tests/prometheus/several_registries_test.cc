// several_registries_test.cc: what Prometheus reads of a process that has two
// registries.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/policy/config.h"
#include "fusebox/prometheus/collectable.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/prometheus/full_scenario.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Families = std::vector<prometheus::MetricFamily>;

std::string TextOf(const Families& families) {
  return prometheus::TextSerializer().Serialize(families);
}

// Returns the lines that the text format forbids: the second HELP or TYPE of a
// family, a sample that is not below the TYPE of its family, and a second
// sample of a series.
std::vector<std::string> BadLines(const std::string& text) {
  std::vector<std::string> bad;
  std::set<std::string> seen;
  std::string family;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, kind, name;
    words >> hash;
    if (hash == "#") {
      words >> kind >> name;
      if (!seen.insert(kind + " " + name).second) bad.push_back(line);
      family = name;
    } else if (line.rfind(family, 0) != 0 ||
               !seen.insert(line.substr(0, line.rfind(' '))).second) {
      bad.push_back(line);
    }
  }
  return bad;
}

class TwoRegistries : public testing::Test {
 protected:
  // Returns what one collectable exports of both.
  Families Collect(const std::string& shop, const std::string& batch,
                   const MetricOptions& options = {}) {
    return PrometheusCollectable(
               *MetricReader::Create({{shop, shop_}, {batch, batch_}}, options))
        .Collect();
  }

  ManualClock clock_;
  const std::shared_ptr<Registry> shop_ = FullScenario(clock_);
  const std::shared_ptr<Registry> batch_ = FullScenario(clock_);
};

TEST_F(TwoRegistries, AreOneFamilyPerMetric) {
  const Families families = Collect("shop", "batch");
  EXPECT_THAT(families, SizeIs(kMetrics.size()));
  const std::string text = TextOf(families);
  EXPECT_THAT(BadLines(text), IsEmpty());
  for (const char* name : {"shop", "batch"}) {
    EXPECT_THAT(text,
                HasSubstr("\ngrpc_client_circuit_breaker_config_generation{"
                          "registry=\"" +
                          std::string(name) + "\"} 1\n"));
    EXPECT_THAT(text,
                HasSubstr("\ngrpc_client_circuit_breaker_admitted_total{"
                          "registry=\"" +
                          std::string(name) + "\",grpc_target=\"shop:443\","));
  }
}

TEST_F(TwoRegistries, MayIncludeOneWithoutTheLabel) {
  const std::string text = TextOf(Collect("", "batch"));
  EXPECT_THAT(BadLines(text), IsEmpty());
  EXPECT_THAT(text,
              HasSubstr("\ngrpc_client_circuit_breaker_config_generation 1\n"
                        "grpc_client_circuit_breaker_config_generation{"
                        "registry=\"batch\"} 1\n"));
}

TEST_F(TwoRegistries, OfWhichOneIsExportedHaveNoLabel) {
  EXPECT_THAT(TextOf(PrometheusCollectable(shop_).Collect()),
              Not(HasSubstr("registry=")));
}

TEST_F(TwoRegistries, EscapeTheirNames) {
  const std::string text = TextOf(Collect("a \"b\"\nc", "caf\xC3\xA9"));
  EXPECT_THAT(text, HasSubstr("{registry=\"a \\\"b\\\"\\nc\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("{registry=\"caf\xC3\xA9\"} 1\n"));
  EXPECT_THAT(BadLines(text), IsEmpty());
}

TEST_F(TwoRegistries, ObeyTheOptionsOfTheReader) {
  MetricOptions options;
  options.histograms = false;
  options.filter = [](const BreakerName& breaker) {
    return breaker.method == "/shop.v1.Cart/Get";
  };
  const std::string text = TextOf(Collect("shop", "batch", options));
  EXPECT_THAT(text, HasSubstr("grpc_method=\"Get\""));
  EXPECT_THAT(text, Not(HasSubstr("grpc_method=\"Checkout\"")));
  EXPECT_THAT(text, Not(HasSubstr("breaker_call_duration_seconds")));
}

// An exposer writes the families of its collectables one after the other.
TEST_F(TwoRegistries, InTwoCollectablesAreNotValid) {
  Families families = PrometheusCollectable(shop_).Collect();
  const Families more = PrometheusCollectable(batch_).Collect();
  families.insert(families.end(), more.begin(), more.end());
  EXPECT_THAT(BadLines(TextOf(families)), SizeIs(testing::Gt(100u)));
}

// The snippets of docs/metrics.md.

absl::Status ExportTwo(const std::shared_ptr<Registry>& shop,
                       const std::shared_ptr<Registry>& batch,
                       std::string* text) {
  auto reader =
      fusebox::MetricReader::Create({{"shop", shop}, {"batch", batch}});
  if (!reader.ok()) return reader.status();
  auto metrics =
      std::make_shared<fusebox::PrometheusCollectable>(*std::move(reader));
  *text = TextOf(metrics->Collect());
  return absl::OkStatus();
}

absl::Status ExportLess(const Config& config, std::string* text) {
  fusebox::Registry::Options options;
  options.duration_bounds = {5ms, 50ms, 500ms};  // of histograms
  auto registry = fusebox::Registry::Create(config, options);
  if (!registry.ok()) return registry.status();

  fusebox::MetricOptions exported;
  exported.histograms = false;
  exported.filter = [](const fusebox::BreakerName& breaker) {
    return breaker.method != "/shop.v1.Debug/Dump";
  };
  auto metrics = std::make_shared<fusebox::PrometheusCollectable>(
      fusebox::MetricReader(*registry, exported));
  const auto breaker =
      (*registry)->FindBreaker("shop:443", "/shop.v1.Debug/Dump");
  *text = TextOf(metrics->Collect());
  return absl::OkStatus();
}

TEST(SnippetsOfTheDocs, Work) {
  std::string text;
  ASSERT_TRUE(ExportTwo(Registry::Create(), Registry::Create(), &text).ok());
  EXPECT_THAT(text, HasSubstr("{registry=\"batch\"}"));
  ASSERT_TRUE(ExportLess(Config(), &text).ok());
  EXPECT_THAT(text, HasSubstr("config_generation 1"));
  EXPECT_THAT(text, Not(HasSubstr("Debug")));
  EXPECT_EQ(ExportTwo(nullptr, Registry::Create(), &text),
            absl::InvalidArgumentError(
                "registries[0].registry: must be a registry, is null"));
}

}  // namespace
}  // namespace fusebox::internal
