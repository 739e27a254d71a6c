// reader_test.cc: reads several registries at once, or a part of the metrics.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/metrics/metric_values.h"
#include "tests/registry/targets.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr char kGet[] = "/shop.v1.Cart/Get";

void Succeed(Targets& targets, int calls, std::string_view method = kGet) {
  GuardedMethod& found = *targets.Find("shop:443", method);
  for (int i = 0; i < calls; ++i) {
    found.breaker().Acquire().permit.Finish({Outcome::kSuccess, 3ms},
                                            found.breaker().clock().Now());
    found.binding()->observed.Ended(
        {Outcome::kSuccess, absl::StatusCode::kOk, "", 3ms});
  }
}

class SeveralRegistries : public testing::Test {
 protected:
  MetricValues Read(const std::string& first, const std::string& second) {
    auto reader = MetricReader::Create({{first, first_}, {second, second_}});
    EXPECT_TRUE(reader.ok()) << reader.status();
    Succeed(of_first_, 2);
    Succeed(of_second_, 5);
    return MetricValues(*reader);
  }

  const std::shared_ptr<Registry> first_ = Registry::Create();
  const std::shared_ptr<Registry> second_ = Registry::Create();
  Targets of_first_{first_};
  Targets of_second_{second_};
};

TEST_F(SeveralRegistries, AreToldApartByTheirNames) {
  first_->ReportConfigError(absl::NotFoundError("no such file"));
  const MetricValues values = Read("shop", "batch \"2\"");
  const LabelValues shop = {"shop", "shop:443", "shop.v1.Cart", "Get", ""};
  const LabelValues batch = {"batch \"2\"", "shop:443", "shop.v1.Cart", "Get",
                             ""};
  EXPECT_EQ(values.Value(Metric::kAdmitted, shop), 2);
  EXPECT_EQ(values.Value(Metric::kAdmitted, batch), 5);
  EXPECT_EQ(values.Value(Metric::kConfigErrors, {"shop"}), 1);
  EXPECT_EQ(values.Value(Metric::kConfigErrors, {"batch \"2\""}), 0);
  ASSERT_THAT(values.families(), SizeIs(kMetrics.size()));
  for (const MetricFamily& family : values.families()) {
    EXPECT_EQ(family.label_names.at(0), kRegistryLabel) << family.info.name;
    std::set<LabelValues> seen;
    for (const MetricSample& sample : family.samples) {
      EXPECT_THAT(sample.labels, SizeIs(family.label_names.size()));
      EXPECT_TRUE(seen.insert(sample.labels).second) << family.info.name;
    }
  }
}

TEST_F(SeveralRegistries, MayIncludeOneWithoutAName) {
  const MetricValues values = Read("", "batch");
  EXPECT_EQ(values.Value(Metric::kAdmitted,
                         {"", "shop:443", "shop.v1.Cart", "Get", ""}),
            2);
  EXPECT_EQ(values.Value(Metric::kAdmitted,
                         {"batch", "shop:443", "shop.v1.Cart", "Get", ""}),
            5);
}

TEST_F(SeveralRegistries, AreReadOnTheirOwnClocks) {
  ManualClock clocks[2];
  std::vector<NamedRegistry> registries;
  std::vector<std::shared_ptr<Breaker>> breakers;
  for (ManualClock& clock : clocks) {
    Registry::Options options;
    options.clock = &clock;
    const auto registry = *Registry::Create(Config(), options);
    breakers.push_back(registry->FindBreaker("shop:443", kGet));
    for (int i = 0; i < 5; ++i) {
      breakers.back()->Acquire().permit.Settle({Outcome::kFailure});
    }
    registries.push_back({std::to_string(registries.size()), registry});
  }
  clocks[0].Advance(10s);
  clocks[1].Advance(20s);
  const MetricValues values(*MetricReader::Create(std::move(registries)));
  const auto left = [&](const std::string& name) {
    return values.Value(Metric::kOpenLeft,
                        {name, "shop:443", "shop.v1.Cart", "Get", ""});
  };
  EXPECT_EQ(left("0"), 50);
  EXPECT_EQ(left("1"), 40);
}

TEST_F(SeveralRegistries, HaveTheirOwnBoundsAndMergedNames) {
  Registry::Options options;
  options.duration_bounds = {1s};
  const auto coarse = *Registry::Create(Config(), options);
  const auto reader =
      MetricReader::Create({{"fine", first_}, {"coarse", coarse}});
  ASSERT_TRUE(reader.ok());
  Targets of_coarse(coarse);
  for (Targets* const targets : {&of_first_, &of_coarse}) {
    Succeed(*targets, 1, "no method");
    Succeed(*targets, 1, "nor this");
  }
  const MetricValues values(*reader);
  const auto durations = [&](const std::string& name) {
    const LabelValues labels = {name, "shop:443", "", "other", "", "SUCCESS"};
    const MetricSample* sample = values.Find(Metric::kCallDuration, labels);
    return sample == nullptr ? HistogramSample() : sample->histogram;
  };
  EXPECT_THAT(durations("coarse").bounds, ElementsAre(1));
  EXPECT_THAT(durations("coarse").buckets, ElementsAre(2, 0));
  EXPECT_THAT(durations("fine").bounds, SizeIs(12));
  EXPECT_EQ(durations("fine").count(), 2u);
}

TEST_F(SeveralRegistries, ThatCannotBeToldApartAreRefused) {
  const auto error = [](std::vector<NamedRegistry> registries) {
    return MetricReader::Create(std::move(registries)).status();
  };
  EXPECT_EQ(error({}), absl::InvalidArgumentError(
                           "registries: must have at least one entry"));
  EXPECT_EQ(error({{"a", first_}, {"b", second_}, {"a", Registry::Create()}}),
            absl::InvalidArgumentError("registries[2].name: must differ from "
                                       "registries[0].name, is \"a\""));
  EXPECT_EQ(error({{"", first_}, {"", second_}}),
            absl::InvalidArgumentError("registries[1].name: must differ from "
                                       "registries[0].name, is \"\""));
  EXPECT_EQ(
      error({{"a", first_}, {"b", first_}}),
      absl::InvalidArgumentError("registries[1].registry: must differ from "
                                 "registries[0].registry, is the same"));
  EXPECT_EQ(error({{"a", nullptr}, {"b", nullptr}, {"b", first_}}),
            absl::InvalidArgumentError(
                "registries[0].registry: must be a registry, is null; "
                "registries[1].registry: must be a registry, is null; "
                "registries[2].name: must differ from registries[1].name, is "
                "\"b\""));
  EXPECT_EQ(error({{"\xFF", first_}}),
            absl::InvalidArgumentError(
                "registries[0].name: must be UTF-8, is \"\\xff\""));
}

TEST_F(SeveralRegistries, AreMeteredByTheReader) {
  of_first_.Find("t", kGet);
  of_second_.Find("t", kGet);
  ASSERT_TRUE(MetricReader::Create({{"a", first_}, {"b", second_}}).ok());
  EXPECT_TRUE(first_->TakeSnapshot()[0].calls);
  EXPECT_TRUE(second_->TakeSnapshot()[0].calls);
}

class ReaderOptions : public testing::Test {
 protected:
  // Returns the methods that have metrics.
  std::set<std::string> Methods(MetricOptions options) {
    const MetricValues values(*registry_, std::move(options));
    std::set<std::string> methods;
    for (const MetricSample& sample : values.family(Metric::kMode).samples) {
      methods.insert(sample.labels[2]);
    }
    return methods;
  }

  const std::shared_ptr<Registry> registry_ = Registry::Create();
  Targets targets_{registry_};
};

TEST_F(ReaderOptions, SwitchHistogramsOffAndNothingElse) {
  registry_->MeterCalls();
  Succeed(targets_, 1);
  MetricOptions options;
  const MetricValues with(*registry_, options);
  options.histograms = false;
  const MetricValues without(*registry_, options);
  for (const MetricInfo& info : kMetrics) {
    const auto& samples = without.family(info.metric).samples;
    if (info.type == MetricType::kHistogram) {
      EXPECT_THAT(samples, IsEmpty()) << info.name;
    } else {
      EXPECT_THAT(samples, SizeIs(with.family(info.metric).samples.size()))
          << info.name;
    }
  }
  EXPECT_EQ(without.Value(Metric::kCalls, {"shop:443", "shop.v1.Cart", "Get",
                                           "", "SUCCESS", "OK"}),
            1);
}

TEST_F(ReaderOptions, SelectBreakersByTheirNames) {
  Succeed(targets_, 1, "/shop.v1.Cart/Get");
  Succeed(targets_, 1, "/shop.v1.Cart/Watch");
  Succeed(targets_, 1, "/shop.v1.Debug/Dump");
  targets_.Find("canary:443", "/shop.v1.Cart/Put", "tenant");
  MetricOptions options;
  options.filter = [](const BreakerName& breaker) {
    return breaker.method.rfind("/shop.v1.Debug/", 0) != 0 &&
           breaker.target != "canary:443";
  };
  EXPECT_THAT(Methods(options), UnorderedElementsAre("Get", "Watch"));
  options.filter = [](const BreakerName& it) { return it.key == "tenant"; };
  EXPECT_THAT(Methods(options), UnorderedElementsAre("Put"));
  const MetricValues values(*registry_, options);
  EXPECT_EQ(values.Value(Metric::kConfigGeneration, {}), 1)
      << "the registry's own metrics are always there";
}

TEST_F(ReaderOptions, AFilterThatThrowsSelectsAndIsCounted) {
  Succeed(targets_, 1);
  MetricOptions options;
  options.filter = [](const BreakerName&) -> bool {
    throw std::runtime_error("no");
  };
  EXPECT_THAT(Methods(options), UnorderedElementsAre("Get"));
  EXPECT_EQ(registry_->callback_errors(), 1u);
}

}  // namespace
}  // namespace fusebox::internal
