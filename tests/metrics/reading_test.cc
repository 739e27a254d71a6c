// reading_test.cc: reads the numbers of a breaker's scripted life.

#include "fusebox/metrics/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/metrics/names.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/internal/observed_breaker.h"
#include "fusebox/registry/registry.h"
#include "tests/metrics/metric_values.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr char kMethod[] = "/shop.v1.Cart/Checkout";
const LabelValues kCheckout = {"shop:443", "shop.v1.Cart", "Checkout", ""};

LabelValues With(LabelValues labels, const LabelValues& own) {
  labels.insert(labels.end(), own.begin(), own.end());
  return labels;
}

Policy ScriptPolicy() {
  Policy policy;
  policy.consecutive_failures = 4;
  policy.failure_score = FailureScore{30};
  policy.failure_rate = FailureRate{0.75, 4};
  policy.slow_call_rate = SlowCallRate{2s, 0.9, 5};
  policy.open_duration = 5s;
  policy.max_concurrent_calls = 8;
  return policy;
}

class MetricReading : public testing::Test, protected ManualRegistry {
 protected:
  MetricReading() { Start(ScriptPolicy()); }

  void Start(const Policy& policy, const Registry::Options& options = {}) {
    Config config;
    config.default_policy = policy;
    ManualRegistry::Start(config, options);
    registry_->MeterCalls();
  }

  GuardedMethod& Method(const std::string& name = kMethod,
                        const std::string& target = "shop:443",
                        const std::string& key = "") {
    return *Find(target, name, key);
  }

  // Does what the interceptor does for a call.
  void Call(Outcome outcome, absl::StatusCode code, Duration took,
            const std::string& name = kMethod) {
    GuardedMethod& method = Method(name);
    Admission admission = method.breaker().Acquire();
    if (!admission) return;
    admission.permit.Finish({outcome, took}, clock_.Now());
    method.binding()->observed.Ended({outcome, code, "", took});
  }
  void Succeed(Duration took = 1ms) {
    Call(Outcome::kSuccess, absl::StatusCode::kOk, took);
  }
  void Fail(Duration took = 1ms) {
    Call(Outcome::kFailure, absl::StatusCode::kUnavailable, took);
  }

  MetricValues Read() const { return MetricValues(*registry_); }
};

TEST_F(MetricReading, HasEveryMetricOfTheTableInItsOrder) {
  const MetricValues values = Read();
  ASSERT_THAT(values.families(), SizeIs(kMetrics.size()));
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    const MetricFamily& family = values.families()[i];
    EXPECT_EQ(family.info.name, kMetrics[i].name);
    for (const MetricSample& sample : family.samples) {
      EXPECT_THAT(sample.labels, SizeIs(family.label_names.size()));
    }
  }
}

TEST_F(MetricReading, CountsEveryCallOfABreakersLife) {
  Succeed(200us);
  Succeed(3ms);
  Call(Outcome::kIgnored, absl::StatusCode::kCancelled, 1ms);
  for (int i = 0; i < 4; ++i) Fail(1500ms);
  clock_.Advance(2s);
  for (int i = 0; i < 3; ++i) Succeed();  // rejected
  {
    const MetricValues open = Read();
    EXPECT_THAT(open.NotZero(Metric::kState, kCheckout),
                ElementsAre(Pair(LabelValues{"OPEN"}, 1)));
    EXPECT_EQ(open.Value(Metric::kOpenLeft, kCheckout), 3);
    EXPECT_EQ(open.Value(Metric::kOpenTime, kCheckout), 2);
    EXPECT_EQ(open.Value(Metric::kOpenings, kCheckout), 1);
  }
  clock_.Advance(3s);
  Fail();  // the probe
  clock_.Advance(5s);
  Succeed();  // the next one

  const MetricValues values = Read();
  EXPECT_THAT(values.NotZero(Metric::kState, kCheckout),
              ElementsAre(Pair(LabelValues{"CLOSED"}, 1)));
  EXPECT_THAT(values.NotZero(Metric::kMode, kCheckout),
              ElementsAre(Pair(LabelValues{"ENFORCE"}, 1)));
  EXPECT_THAT(
      values.NotZero(Metric::kCalls, kCheckout),
      UnorderedElementsAre(Pair(LabelValues{"SUCCESS", "OK"}, 3),
                           Pair(LabelValues{"FAILURE", "UNAVAILABLE"}, 5),
                           Pair(LabelValues{"IGNORED", "CANCELLED"}, 1)));
  EXPECT_EQ(values.Value(Metric::kAdmitted, kCheckout), 9);
  EXPECT_EQ(values.Value(Metric::kInFlight, kCheckout), 0);
  EXPECT_EQ(values.Value(Metric::kAbandoned, kCheckout), 0);
  EXPECT_THAT(values.NotZero(Metric::kRejections, kCheckout),
              ElementsAre(Pair(LabelValues{"OPEN", "true"}, 3)));
  EXPECT_THAT(
      values.NotZero(Metric::kTransitions, kCheckout),
      UnorderedElementsAre(
          Pair(LabelValues{"CLOSED", "OPEN", "CONSECUTIVE_FAILURES"}, 1),
          Pair(LabelValues{"OPEN", "HALF_OPEN", "OPEN_ELAPSED"}, 2),
          Pair(LabelValues{"HALF_OPEN", "OPEN", "PROBE_FAILED"}, 1),
          Pair(LabelValues{"HALF_OPEN", "CLOSED", "PROBE_SUCCEEDED"}, 1)));
  EXPECT_THAT(values.NotZero(Metric::kProbes, kCheckout),
              UnorderedElementsAre(Pair(LabelValues{"FAILURE"}, 1),
                                   Pair(LabelValues{"SUCCESS"}, 1)));
  EXPECT_EQ(values.Value(Metric::kOpenTime, kCheckout), 10);
  EXPECT_EQ(values.Value(Metric::kOpenLeft, kCheckout), std::nullopt);
}

TEST_F(MetricReading, DurationsAreInTheBucketsOfTheirOutcome) {
  Succeed(800us);
  Succeed(1ms);
  Succeed(1001us);
  Fail(2min);
  const MetricValues values = Read();
  const MetricSample& successes =
      *values.Find(Metric::kCallDuration, With(kCheckout, {"SUCCESS"}));
  ASSERT_THAT(successes.histogram.bounds, SizeIs(12));
  EXPECT_THAT(successes.histogram.bounds[1], DoubleEq(0.005));
  ASSERT_THAT(successes.histogram.buckets, SizeIs(13));
  EXPECT_EQ(successes.histogram.buckets[0], 2u);
  EXPECT_EQ(successes.histogram.buckets[1], 1u);
  EXPECT_EQ(successes.histogram.count(), 3u);
  EXPECT_THAT(successes.histogram.sum, DoubleEq(0.002801));
  const MetricSample& failures =
      *values.Find(Metric::kCallDuration, With(kCheckout, {"FAILURE"}));
  EXPECT_EQ(failures.histogram.buckets.back(), 1u);
  EXPECT_EQ(failures.histogram.sum, 120);
  EXPECT_EQ(values.Find(Metric::kCallDuration, With(kCheckout, {"IGNORED"})),
            nullptr)
      << "there was no such call";
}

TEST_F(MetricReading, DurationsHaveTheBoundsOfTheirRegistry) {
  Registry::Options options;
  options.duration_bounds = {2ms, 1500ms};
  Start(ScriptPolicy(), options);
  Succeed(1500ms);
  const MetricValues values = Read();
  const HistogramSample& histogram =
      values.Find(Metric::kCallDuration, With(kCheckout, {"SUCCESS"}))
          ->histogram;
  EXPECT_THAT(histogram.bounds, ElementsAre(0.002, 1.5));
  EXPECT_THAT(histogram.buckets, ElementsAre(0, 1, 0));
}

TEST_F(MetricReading, RatiosAreAbsentBelowTheMinimumCalls) {
  Fail();
  Succeed(3s);
  Succeed();
  EXPECT_EQ(Read().Value(Metric::kFailureRatio, kCheckout), std::nullopt);
  EXPECT_EQ(Read().Value(Metric::kWindowCalls, kCheckout), 3);
  Succeed();
  EXPECT_EQ(Read().Value(Metric::kFailureRatio, kCheckout), 0.25);
  EXPECT_EQ(Read().Value(Metric::kSlowCallRatio, kCheckout), std::nullopt);
  Succeed();
  EXPECT_EQ(Read().Value(Metric::kSlowCallRatio, kCheckout), 0.2);
  clock_.Advance(1min);
  EXPECT_EQ(Read().Value(Metric::kFailureRatio, kCheckout), std::nullopt);
}

TEST_F(MetricReading, SettingsArePresentIfTheirRuleIsOn) {
  Method();
  const MetricValues on = Read();
  const std::map<Metric, double> expected = {
      {Metric::kConsecutiveFailuresThreshold, 4},
      {Metric::kFailureScoreThreshold, 30},
      {Metric::kFailureRatioThreshold, 0.75},
      {Metric::kFailureRatioMinimumCalls, 4},
      {Metric::kSlowCallRatioThreshold, 0.9},
      {Metric::kSlowCallRatioMinimumCalls, 5},
      {Metric::kSlowCallDuration, 2},
      {Metric::kMaxConcurrentCalls, 8},
  };
  for (const auto& [metric, value] : expected) {
    EXPECT_EQ(on.Value(metric, kCheckout), value) << Info(metric).name;
  }
  EXPECT_EQ(on.Value(Metric::kOpenDuration, kCheckout), 5);

  Config off;
  off.default_policy.consecutive_failures = 0;
  ASSERT_TRUE(registry_->Update(off).ok());
  const MetricValues values = Read();
  for (const auto& [metric, value] : expected) {
    EXPECT_EQ(values.Value(metric, kCheckout), std::nullopt)
        << Info(metric).name;
  }
  EXPECT_EQ(values.Value(Metric::kWindowCalls, kCheckout), std::nullopt);
  EXPECT_EQ(values.Value(Metric::kOpenDuration, kCheckout), 60);
}

TEST_F(MetricReading, WhatDryRunWouldRejectIsNotEnforced) {
  Policy policy = ScriptPolicy();
  policy.mode = Mode::kDryRun;
  Start(policy);
  for (int i = 0; i < 6; ++i) Fail();
  const MetricValues values = Read();
  EXPECT_THAT(values.NotZero(Metric::kRejections, kCheckout),
              ElementsAre(Pair(LabelValues{"OPEN", "false"}, 2)));
  EXPECT_EQ(values.Value(Metric::kAdmitted, kCheckout), 6);
}

TEST_F(MetricReading, ShowsWhatAnOperatorDid) {
  Method().breaker().SetOperatorMode(Mode::kForcedOpen);
  Succeed();
  const MetricValues values = Read();
  EXPECT_THAT(values.NotZero(Metric::kMode, kCheckout),
              ElementsAre(Pair(LabelValues{"FORCED_OPEN"}, 1)));
  EXPECT_THAT(values.NotZero(Metric::kRejections, kCheckout),
              ElementsAre(Pair(LabelValues{"FORCED_OPEN", "true"}, 1)));
  EXPECT_THAT(
      values.NotZero(Metric::kTransitions, kCheckout),
      ElementsAre(Pair(LabelValues{"CLOSED", "CLOSED", "OPERATOR"}, 1)));
}

TEST_F(MetricReading, CountsCallsUnderWayBrokenStreamsAndFallbacks) {
  Breaker& breaker = Method().breaker();
  Admission first = breaker.Acquire();
  Admission second = breaker.Acquire();
  breaker.ReportFallback();
  breaker.ReportBrokenStream({Outcome::kFailure, 1s}, false, clock_.Now());
  EXPECT_EQ(Read().Value(Metric::kInFlight, kCheckout), 2);
  first.permit.Release();
  const MetricValues values = Read();
  EXPECT_EQ(values.Value(Metric::kInFlight, kCheckout), 1);
  EXPECT_EQ(values.Value(Metric::kAbandoned, kCheckout), 1);
  EXPECT_EQ(values.Value(Metric::kFallbacks, kCheckout), 1);
  EXPECT_EQ(values.Value(Metric::kBrokenStreams, kCheckout), 1);
  second.permit.Release();
}

TEST_F(MetricReading, FailuresInARowAreALevel) {
  Fail();
  Fail();
  EXPECT_EQ(Read().Value(Metric::kConsecutiveFailures, kCheckout), 2);
  Succeed();
  EXPECT_EQ(Read().Value(Metric::kConsecutiveFailures, kCheckout), 0);
}

TEST_F(MetricReading, TheFailureScoreIsALevelWhileItsRuleIsOn) {
  Fail();
  Fail();
  Succeed();
  EXPECT_EQ(Read().Value(Metric::kFailureScore, kCheckout), 3);
  ASSERT_TRUE(registry_->Update(Config()).ok());
  EXPECT_EQ(Read().Value(Metric::kFailureScore, kCheckout), std::nullopt);
}

TEST_F(MetricReading, CountersStartAtZero) {
  Method();
  const MetricValues values = Read();
  EXPECT_THAT(values.family(Metric::kCalls).samples, SizeIs(1 + 6 + 1))
      << "OK, the codes that are failures, those that are ignored";
  EXPECT_THAT(values.family(Metric::kRejections).samples,
              SizeIs(kRejectionReasonCount - 1))
      << "there is no recovery ramp";
  EXPECT_THAT(values.family(Metric::kTransitions).samples, SizeIs(9 + 5));
  EXPECT_THAT(values.family(Metric::kProbes).samples, SizeIs(3));
  for (const MetricFamily& family : values.families()) {
    if (family.info.type != MetricType::kCounter) continue;
    EXPECT_THAT(family.samples, testing::Not(IsEmpty())) << family.info.name;
    for (const MetricSample& sample : family.samples) {
      EXPECT_EQ(sample.value, 0) << family.info.name;
    }
  }
}

TEST_F(MetricReading, CountersAppearAsSoonAsThePolicyLetsThemCount) {
  Policy policy;
  Start(policy);
  Method();
  const auto count = [&](Metric metric, const LabelValues& labels) {
    return Read().Value(metric, With(kCheckout, labels));
  };
  const LabelValues ramp = {"RAMP", "true"};
  const LabelValues full = {"CONCURRENCY", "true"};
  const LabelValues full_in_dry_run = {"CONCURRENCY", "false"};
  const LabelValues open_in_dry_run = {"OPEN", "false"};
  const LabelValues failure_rate = {"CLOSED", "OPEN", "FAILURE_RATE"};
  const LabelValues slow_rate = {"CLOSED", "OPEN", "SLOW_CALL_RATE"};
  const LabelValues reconnected = {"OPEN", "HALF_OPEN", "RECONNECTED"};
  for (const LabelValues& labels :
       {ramp, full, full_in_dry_run, open_in_dry_run}) {
    EXPECT_EQ(count(Metric::kRejections, labels), std::nullopt) << labels[0];
  }
  for (const LabelValues& labels : {failure_rate, slow_rate, reconnected}) {
    EXPECT_EQ(count(Metric::kTransitions, labels), std::nullopt) << labels[2];
  }

  policy.failure_rate = FailureRate{0.5, 4};
  policy.slow_call_rate = SlowCallRate{2s, 0.5, 4};
  policy.half_open.early_on_reconnect = true;
  policy.recovery_ramp = RecoveryRamp{10s, 0.1};
  policy.max_concurrent_calls = 1;
  policy.mode = Mode::kDryRun;
  Config config;
  config.default_policy = policy;
  ASSERT_TRUE(registry_->Update(config).ok());
  for (const LabelValues& labels :
       {ramp, full, full_in_dry_run, open_in_dry_run}) {
    EXPECT_EQ(count(Metric::kRejections, labels), 0) << labels[0];
  }
  for (const LabelValues& labels : {failure_rate, slow_rate, reconnected}) {
    EXPECT_EQ(count(Metric::kTransitions, labels), 0) << labels[2];
  }
  for (const char* reason : {"FORCED_OPEN", "RECONNECTING"}) {
    EXPECT_EQ(count(Metric::kRejections, {reason, "false"}), std::nullopt)
        << "DRY_RUN never counts these";
  }

  // What has counted stays.
  Admission first = Method().breaker().Acquire();
  Method().breaker().Acquire().permit.Release();
  ASSERT_TRUE(registry_->Update(Config()).ok());
  EXPECT_EQ(count(Metric::kRejections, full_in_dry_run), 1);
  EXPECT_EQ(count(Metric::kRejections, open_in_dry_run), std::nullopt);
  first.permit.Release();
}

TEST_F(MetricReading, MetricsOfTheRegistryHaveNoLabels) {
  ASSERT_TRUE(registry_->Update(Config()).ok());
  registry_->ReportConfigError(absl::NotFoundError("no such file"));
  registry_->ReportCallbackError();
  const auto listener = registry_->Subscribe([](const Event&) { throw 1; });
  ASSERT_TRUE(registry_->Update(Config()).ok());
  registry_->WaitForListeners();
  const MetricValues values = Read();
  EXPECT_EQ(values.Value(Metric::kConfigGeneration, {}), 3);
  EXPECT_EQ(values.Value(Metric::kConfigErrors, {}), 1);
  EXPECT_EQ(values.Value(Metric::kCallbackErrors, {}), 1);
  EXPECT_EQ(values.Value(Metric::kListenerErrors, {}), 1);
  EXPECT_EQ(values.Value(Metric::kDroppedEvents, {}), 0);
}

TEST_F(MetricReading, TargetsAndKeysAreToldApart) {
  Method(kMethod, "a");
  Method(kMethod, "b");
  Method(kMethod, "b", "tenant \"7\"\n");
  const MetricValues values = Read();
  std::set<LabelValues> labels;
  for (const MetricSample& s : values.family(Metric::kAdmitted).samples) {
    labels.insert(s.labels);
  }
  EXPECT_THAT(labels, UnorderedElementsAre(
                          ElementsAre("a", "shop.v1.Cart", "Checkout", ""),
                          ElementsAre("b", "shop.v1.Cart", "Checkout", ""),
                          ElementsAre("b", "shop.v1.Cart", "Checkout",
                                      "tenant \"7\"\n")));
}

TEST_F(MetricReading, BreakersWithTheSameLabelsAreMerged) {
  const LabelValues other = {"shop:443", "", "other", ""};
  for (int i = 0; i < 2; ++i) {
    Call(Outcome::kSuccess, absl::StatusCode::kOk, 1ms, "no method");
  }
  for (int i = 0; i < 5; ++i) {
    Call(Outcome::kFailure, absl::StatusCode::kInternal, 1ms, "nor this");
  }
  const MetricValues values = Read();
  EXPECT_THAT(values.NotZero(Metric::kState, other),
              UnorderedElementsAre(Pair(LabelValues{"CLOSED"}, 1),
                                   Pair(LabelValues{"OPEN"}, 1)));
  EXPECT_EQ(values.Value(Metric::kAdmitted, other), 2 + 4);
  EXPECT_THAT(values.NotZero(Metric::kRejections, other),
              ElementsAre(Pair(LabelValues{"OPEN", "true"}, 1)));
  EXPECT_EQ(values.Value(Metric::kOpenDuration, other), 5);
  EXPECT_EQ(values.Find(Metric::kCallDuration, With(other, {"FAILURE"}))
                ->histogram.count(),
            4u);
  for (const MetricFamily& family : values.families()) {
    std::set<LabelValues> seen;
    for (const MetricSample& sample : family.samples) {
      EXPECT_TRUE(seen.insert(sample.labels).second) << family.info.name;
    }
  }
}

TEST_F(MetricReading, SumsOverAllBreakersNeverGoDown) {
  Succeed(1ms);
  Fail(1ms);
  targets_->Close("shop:443");
  Succeed(1ms);
  const MetricValues values = Read();
  const LabelValues retired = {"", "", "retired", ""};
  EXPECT_EQ(values.Value(Metric::kAdmitted, retired), 2);
  EXPECT_EQ(values.Value(Metric::kAdmitted, kCheckout), 1);
  EXPECT_EQ(values.Value(Metric::kCalls, With(retired, {"SUCCESS", "OK"})), 1);
  EXPECT_EQ(values.Find(Metric::kCallDuration, With(retired, {"FAILURE"}))
                ->histogram.count(),
            1u);
  EXPECT_EQ(values.Value(Metric::kRetiredBreakers, {}), 1);
  EXPECT_EQ(values.Find(Metric::kState, With(retired, {"CLOSED"})), nullptr);
}

TEST_F(MetricReading, MethodsBeyondTheLimitAreOther) {
  Registry::Options options;
  options.max_unnamed_methods = 3;
  Start(ScriptPolicy(), options);
  for (int i = 0; i < 100; ++i) {
    const std::string name = "/made.up.Service/M" + std::to_string(i);
    Call(Outcome::kSuccess, absl::StatusCode::kOk, 1ms, name);
  }
  const MetricValues values = Read();
  EXPECT_THAT(values.family(Metric::kAdmitted).samples, SizeIs(3 + 1));
  EXPECT_EQ(values.Value(Metric::kAdmitted, {"shop:443", "", "other", ""}), 97);
  EXPECT_EQ(values.Value(Metric::kOverflowCalls, {}), 97);
  EXPECT_THAT(values.NotZero(Metric::kMode, {"shop:443", "", "other", ""}),
              ElementsAre(Pair(LabelValues{"DISABLED"}, 1)));
}

}  // namespace
}  // namespace fusebox::internal
