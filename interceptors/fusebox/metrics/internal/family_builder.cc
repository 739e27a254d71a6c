#include "fusebox/metrics/internal/family_builder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/internal/totals.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"
#include "fusebox/metrics/internal/labels.h"
#include "fusebox/metrics/internal/may_count.h"
#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {
namespace {

constexpr std::array kStates = {State::kClosed, State::kOpen, State::kHalfOpen};
static_assert(kStates.size() == kStateCount);
constexpr std::array kModes = {Mode::kEnforce, Mode::kDryRun, Mode::kDisabled,
                               Mode::kForcedOpen};
constexpr std::array kOutcomes = {Outcome::kSuccess, Outcome::kFailure,
                                  Outcome::kIgnored};
static_assert(kOutcomes.size() == CallReading::kOutcomes);

double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double ToDouble(uint64_t count) { return static_cast<double>(count); }

void AddTo(MetricSample& sum, const MetricSample& other, Merge merge) {
  sum.value = merge == Merge::kSum ? sum.value + other.value
                                   : std::max(sum.value, other.value);
  sum.histogram.sum += other.histogram.sum;
  for (size_t i = 0; i < sum.histogram.buckets.size(); ++i) {
    sum.histogram.buckets[i] += other.histogram.buckets[i];
  }
}

}  // namespace

FamilyBuilder::FamilyBuilder(bool names_registries, bool histograms)
    : names_registries_(names_registries), histograms_(histograms) {
  for (const MetricInfo& info : kMetrics) {
    std::vector<std::string_view> names;
    if (names_registries) names.push_back(kRegistryLabel);
    if (info.owner == MetricOwner::kBreaker) {
      names.insert(names.end(), kBreakerLabels.begin(), kBreakerLabels.end());
    }
    for (const std::string_view label : info.labels) {
      if (!label.empty()) names.push_back(label);
    }
    families_.push_back({info, std::move(names), {}});
  }
}

void FamilyBuilder::Begin(const std::string& registry,
                          const std::vector<Duration>& duration_bounds) {
  registry_labels_.clear();
  if (names_registries_) registry_labels_.push_back(registry);
  bounds_.clear();
  for (const Duration bound : duration_bounds) {
    bounds_.push_back(Seconds(bound));
  }
  seen_.clear();
}

void FamilyBuilder::AddBreaker(const MethodSnapshot& it, TimePoint now) {
  const BreakerLabels labels = LabelsOf(it.name, it.policy->scope);
  prefix_ = registry_labels_;
  for (const std::string* label :
       {&labels.target, &labels.service, &labels.method, &labels.key}) {
    prefix_.push_back(*label);
  }
  AddState(it.breaker, now);
  AddTotals(it.breaker);
  AddTransitions(it.breaker);
  AddWindow(it.breaker);
  AddSettings(it.breaker.settings);
  if (it.calls) AddCalls(*it.calls, CodeClassifier(*it.policy));
  merges_ |= !seen_.insert(labels).second;
}

void FamilyBuilder::AddRetired(const RetiredBreakers& retired) {
  prefix_ = registry_labels_;
  prefix_.insert(prefix_.end(), {"", "", kRetired, ""});
  Snapshot sum;
  sum.totals = retired.totals;
  Add(Metric::kOpenTime, Seconds(retired.open_time));
  AddTotals(sum);
  AddTransitions(sum);
  if (retired.calls) AddCalls(*retired.calls, CodeClassifier(Policy()));
}

void FamilyBuilder::AddRegistry(const Registry& registry, uint64_t retired) {
  prefix_ = registry_labels_;
  Add(Metric::kConfigGeneration, ToDouble(registry.config_generation()));
  Add(Metric::kConfigErrors, ToDouble(registry.config_errors()));
  Add(Metric::kDroppedEvents, ToDouble(registry.dropped_events()));
  Add(Metric::kListenerErrors, ToDouble(registry.listener_errors()));
  Add(Metric::kCallbackErrors, ToDouble(registry.callback_errors()));
  Add(Metric::kOverflowCalls, ToDouble(registry.overflow_calls()));
  Add(Metric::kRetiredBreakers, ToDouble(retired));
}

std::vector<MetricFamily> FamilyBuilder::Take() {
  if (merges_) MergeSamples();
  return std::move(families_);
}

MetricSample& FamilyBuilder::Add(
    Metric metric, double value,
    std::initializer_list<std::string_view> labels) {
  MetricSample sample;
  sample.labels.reserve(prefix_.size() + labels.size());
  sample.labels = prefix_;
  sample.labels.insert(sample.labels.end(), labels.begin(), labels.end());
  sample.value = value;
  auto& samples = families_[static_cast<size_t>(metric)].samples;
  samples.push_back(std::move(sample));
  return samples.back();
}

void FamilyBuilder::AddCounter(Metric metric, uint64_t count, bool may_count,
                               std::initializer_list<std::string_view> labels) {
  if (count != 0 || may_count) Add(metric, ToDouble(count), labels);
}

void FamilyBuilder::AddState(const Snapshot& breaker, TimePoint now) {
  for (const State state : kStates) {
    Add(Metric::kState, breaker.state == state ? 1 : 0, {Name(state)});
  }
  for (const Mode mode : kModes) {
    Add(Metric::kMode, breaker.mode == mode ? 1 : 0, {Name(mode)});
  }
  Add(Metric::kOpenTime, Seconds(breaker.open_time));
  if (breaker.state == State::kOpen && breaker.open_until) {
    Add(Metric::kOpenLeft, Seconds(Elapsed(now, *breaker.open_until)));
  }
  Add(Metric::kOutage,
      breaker.outage ? Seconds(Elapsed(breaker.outage->since, now)) : 0);
  Add(Metric::kInFlight, ToDouble(breaker.totals.in_flight()));
  Add(Metric::kOpenings, breaker.openings);
  Add(Metric::kConsecutiveFailures, breaker.consecutive_failures);
}

void FamilyBuilder::AddTotals(const Snapshot& breaker) {
  const TotalsReading& totals = breaker.totals;
  Add(Metric::kAdmitted, ToDouble(totals.admitted));
  Add(Metric::kAbandoned, ToDouble(totals.abandoned));
  Add(Metric::kBrokenStreams, ToDouble(totals.broken_streams));
  Add(Metric::kFallbacks, ToDouble(totals.fallbacks));
  for (size_t i = 0; i < kRejectionReasonCount; ++i) {
    const auto reason = static_cast<RejectionReason>(i);
    AddCounter(Metric::kRejections, totals.rejected[i],
               MayReject(breaker.settings, reason), {Name(reason), "true"});
    AddCounter(Metric::kRejections, totals.not_enforced[i],
               MayNotEnforce(breaker, reason), {Name(reason), "false"});
  }
  for (const Outcome outcome : kOutcomes) {
    Add(Metric::kProbes, ToDouble(totals.probes[static_cast<size_t>(outcome)]),
        {Name(outcome)});
  }
}

void FamilyBuilder::AddTransitions(const Snapshot& breaker) {
  for (const State from : kStates) {
    for (const State to : kStates) {
      const auto& counts =
          breaker.totals
              .transitions[static_cast<size_t>(from)][static_cast<size_t>(to)];
      for (size_t i = 0; i < kTransitionReasonCount; ++i) {
        const auto reason = static_cast<TransitionReason>(i);
        AddCounter(Metric::kTransitions, counts[i],
                   MayHappen(breaker.settings, from, to, reason),
                   {Name(from), Name(to), Name(reason)});
      }
    }
  }
}

// A ratio of fewer calls than its rule requires means nothing: leaves it out.
void FamilyBuilder::AddWindow(const Snapshot& breaker) {
  if (breaker.settings.failure_score) {
    Add(Metric::kFailureScore, breaker.failure_score);
  }
  const WindowCounts& window = breaker.window;
  if (NeedsWindow(breaker.settings)) {
    Add(Metric::kWindowCalls, ToDouble(window.calls));
  }
  const auto ratio = [&](Metric metric, const auto& rule, uint64_t part) {
    if (rule && window.calls >= rule->minimum_calls) {
      Add(metric, ToDouble(part) / ToDouble(window.calls));
    }
  };
  ratio(Metric::kFailureRatio, breaker.settings.failure_rate, window.failures);
  ratio(Metric::kSlowCallRatio, breaker.settings.slow_call_rate,
        window.slow_calls);
}

void FamilyBuilder::AddSettings(const Settings& settings) {
  if (settings.consecutive_failures != 0) {
    Add(Metric::kConsecutiveFailuresThreshold, settings.consecutive_failures);
  }
  if (const auto& rule = settings.failure_score) {
    Add(Metric::kFailureScoreThreshold, rule->threshold);
  }
  if (const auto& rule = settings.failure_rate) {
    Add(Metric::kFailureRatioThreshold, rule->threshold);
    Add(Metric::kFailureRatioMinimumCalls, rule->minimum_calls);
  }
  if (const auto& rule = settings.slow_call_rate) {
    Add(Metric::kSlowCallRatioThreshold, rule->threshold);
    Add(Metric::kSlowCallRatioMinimumCalls, rule->minimum_calls);
    Add(Metric::kSlowCallDuration, Seconds(rule->duration));
  }
  if (settings.max_concurrent_calls != 0) {
    Add(Metric::kMaxConcurrentCalls, settings.max_concurrent_calls);
  }
  Add(Metric::kOpenDuration, Seconds(settings.open_duration));
}

void FamilyBuilder::AddCalls(const CallReading& calls,
                             const CodeClassifier& classifier) {
  for (const Outcome outcome : kOutcomes) {
    const auto row = static_cast<size_t>(outcome);
    for (int code = 0; code < kStatusCodeCount; ++code) {
      const bool expected = classifier.Classify(code) == outcome &&
                            (outcome != Outcome::kSuccess || code == 0);
      AddCounter(Metric::kCalls, calls.calls[row][static_cast<size_t>(code)],
                 expected, {Name(outcome), StatusCodeName(code)});
    }
    if (histograms_) AddDurations(outcome, calls.durations[row]);
  }
}

// A histogram without calls would be as long as one with calls: leaves it out.
void FamilyBuilder::AddDurations(Outcome outcome,
                                 const CallReading::Durations& durations) {
  HistogramSample histogram = {bounds_, durations.buckets,
                               Seconds(durations.sum)};
  if (histogram.count() == 0) return;
  Add(Metric::kCallDuration, 0, {Name(outcome)}).histogram =
      std::move(histogram);
}

void FamilyBuilder::MergeSamples() {
  for (MetricFamily& family : families_) {
    std::map<std::vector<std::string>, size_t> places;
    std::vector<MetricSample> merged;
    for (MetricSample& sample : family.samples) {
      const auto [place, is_new] =
          places.try_emplace(sample.labels, merged.size());
      if (is_new) {
        merged.push_back(std::move(sample));
      } else {
        AddTo(merged[place->second], sample, family.info.merge);
      }
    }
    family.samples = std::move(merged);
  }
}

}  // namespace fusebox::internal
