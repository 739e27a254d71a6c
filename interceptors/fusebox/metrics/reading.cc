#include "fusebox/metrics/reading.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <numeric>
#include <set>
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
#include "fusebox/metrics/names.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/internal/call_meter.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using internal::BreakerLabels;
using internal::Elapsed;
using internal::LabelsOf;
using internal::NeedsWindow;

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

double Number(uint64_t count) { return static_cast<double>(count); }

// Returns whether the table in core/internal/machine.h has this change. A mode
// may change in any state.
bool MayHappen(State from, State to, TransitionReason reason) {
  switch (reason) {
    case TransitionReason::kConsecutiveFailures:
    case TransitionReason::kFailureScore:
    case TransitionReason::kFailureRate:
    case TransitionReason::kSlowCallRate:
      return from == State::kClosed && to == State::kOpen;
    case TransitionReason::kOpenElapsed:
    case TransitionReason::kReconnected:
      return from == State::kOpen && to == State::kHalfOpen;
    case TransitionReason::kProbeSucceeded:
      return from == State::kHalfOpen && to == State::kClosed;
    case TransitionReason::kProbeFailed:
    case TransitionReason::kProbeSlow:
    case TransitionReason::kProbeTimedOut:
      return from == State::kHalfOpen && to == State::kOpen;
    case TransitionReason::kOperator:
      return from == to || to == State::kClosed;
  }
  return false;
}

class Reader {
 public:
  Reader() {
    for (const MetricInfo& info : kMetrics) {
      std::vector<std::string_view> names;
      if (info.owner == MetricOwner::kBreaker) {
        names.assign(kBreakerLabels.begin(), kBreakerLabels.end());
      }
      for (const std::string_view label : info.labels) {
        if (!label.empty()) names.push_back(label);
      }
      families_.push_back({info, std::move(names), {}});
    }
  }

  // Adds the samples of a breaker, and returns its labels.
  BreakerLabels ReadBreaker(const MethodSnapshot& it, TimePoint now) {
    BreakerLabels labels = LabelsOf(it.name, it.policy->scope);
    prefix_ = {labels.target, labels.service, labels.method, labels.key};
    ReadState(it.breaker, now);
    ReadTotals(it.breaker.totals);
    ReadWindow(it.breaker);
    ReadSettings(it.breaker.settings);
    if (it.calls) ReadCalls(*it.calls, CodeClassifier(*it.policy));
    return labels;
  }

  void ReadRegistry(const Registry& registry) {
    prefix_.clear();
    Add(Metric::kConfigGeneration, Number(registry.config_generation()));
    Add(Metric::kConfigErrors, Number(registry.config_errors()));
    Add(Metric::kDroppedEvents, Number(registry.dropped_events()));
    Add(Metric::kListenerErrors, Number(registry.listener_errors()));
    Add(Metric::kCallbackErrors, Number(registry.callback_errors()));
  }

  // Merges samples that have the same labels into one.
  void MergeSamples();

  std::vector<MetricFamily> Take() { return std::move(families_); }

 private:
  MetricSample& Add(Metric metric, double value,
                    std::initializer_list<std::string_view> labels = {}) {
    MetricSample sample;
    sample.labels.reserve(prefix_.size() + labels.size());
    sample.labels = prefix_;
    sample.labels.insert(sample.labels.end(), labels.begin(), labels.end());
    sample.value = value;
    auto& samples = families_[static_cast<size_t>(metric)].samples;
    samples.push_back(std::move(sample));
    return samples.back();
  }

  void ReadState(const Snapshot& breaker, TimePoint now) {
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
    Add(Metric::kOpenings, breaker.openings);
    Add(Metric::kConsecutiveFailures, breaker.consecutive_failures);
    if (breaker.settings.failure_score) {
      Add(Metric::kFailureScore, breaker.failure_score);
    }
  }

  void ReadTotals(const TotalsReading& totals) {
    Add(Metric::kAdmitted, Number(totals.admitted));
    Add(Metric::kInFlight, Number(totals.in_flight()));
    Add(Metric::kAbandoned, Number(totals.abandoned));
    Add(Metric::kBrokenStreams, Number(totals.broken_streams));
    Add(Metric::kFallbacks, Number(totals.fallbacks));
    for (size_t i = 0; i < kRejectionReasonCount; ++i) {
      const std::string_view reason = Name(static_cast<RejectionReason>(i));
      Add(Metric::kRejections, Number(totals.rejected[i]), {reason, "true"});
      Add(Metric::kRejections, Number(totals.not_enforced[i]),
          {reason, "false"});
    }
    for (const Outcome outcome : kOutcomes) {
      Add(Metric::kProbes, Number(totals.probes[static_cast<size_t>(outcome)]),
          {Name(outcome)});
    }
    for (const State from : kStates) {
      for (const State to : kStates) ReadTransitions(totals, from, to);
    }
  }

  void ReadTransitions(const TotalsReading& totals, State from, State to) {
    for (size_t i = 0; i < kTransitionReasonCount; ++i) {
      const auto reason = static_cast<TransitionReason>(i);
      const uint64_t count = totals.transitions[static_cast<size_t>(from)]
                                               [static_cast<size_t>(to)][i];
      if (count == 0 && !MayHappen(from, to, reason)) continue;
      Add(Metric::kTransitions, Number(count),
          {Name(from), Name(to), Name(reason)});
    }
  }

  // A ratio of fewer calls than its rule requires means nothing: leaves it out.
  void ReadWindow(const Snapshot& breaker) {
    const WindowCounts& window = breaker.window;
    if (NeedsWindow(breaker.settings)) {
      Add(Metric::kWindowCalls, Number(window.calls));
    }
    const auto ratio = [&](Metric metric, const auto& rule, uint64_t part) {
      if (rule && window.calls >= rule->minimum_calls) {
        Add(metric, Number(part) / Number(window.calls));
      }
    };
    ratio(Metric::kFailureRatio, breaker.settings.failure_rate,
          window.failures);
    ratio(Metric::kSlowCallRatio, breaker.settings.slow_call_rate,
          window.slow_calls);
  }

  void ReadSettings(const Settings& settings) {
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

  void ReadCalls(const CallReading& calls, const CodeClassifier& classifier) {
    for (const Outcome outcome : kOutcomes) {
      const auto row = static_cast<size_t>(outcome);
      for (int code = 0; code < kStatusCodeCount; ++code) {
        const uint64_t count = calls.calls[row][static_cast<size_t>(code)];
        const bool expected = classifier.Classify(code) == outcome &&
                              (outcome != Outcome::kSuccess || code == 0);
        if (count == 0 && !expected) continue;
        Add(Metric::kCalls, Number(count),
            {Name(outcome), StatusCodeName(code)});
      }
      const CallReading::Durations& durations = calls.durations[row];
      HistogramSample& histogram =
          Add(Metric::kCallDuration, 0, {Name(outcome)}).histogram;
      for (const Duration bound : CallReading::kBounds) {
        histogram.bounds.push_back(Seconds(bound));
      }
      histogram.buckets.assign(durations.buckets.begin(),
                               durations.buckets.end());
      histogram.sum = Seconds(durations.sum);
    }
  }

  std::vector<MetricFamily> families_;
  std::vector<std::string> prefix_;  // the breaker's labels
};

void AddTo(MetricSample& sum, const MetricSample& other, Merge merge) {
  sum.value = merge == Merge::kSum ? sum.value + other.value
                                   : std::max(sum.value, other.value);
  sum.histogram.sum += other.histogram.sum;
  for (size_t i = 0; i < sum.histogram.buckets.size(); ++i) {
    sum.histogram.buckets[i] += other.histogram.buckets[i];
  }
}

void Reader::MergeSamples() {
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

}  // namespace

uint64_t HistogramSample::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), uint64_t{0});
}

std::vector<MetricFamily> ReadMetrics(const Registry& registry) {
  const TimePoint now = registry.clock().Now();
  const std::vector<MethodSnapshot> breakers = registry.TakeSnapshot(now);
  Reader reader;
  std::set<BreakerLabels> seen;
  bool twice = false;
  for (const MethodSnapshot& it : breakers) {
    const BreakerLabels labels = reader.ReadBreaker(it, now);
    twice |= !seen.insert(labels).second;
  }
  if (twice) reader.MergeSamples();
  reader.ReadRegistry(registry);
  return reader.Take();
}

}  // namespace fusebox
