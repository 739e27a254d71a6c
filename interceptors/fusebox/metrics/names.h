// names.h: the table of all metrics: name, type, unit, labels, meaning.
//
//   for (const fusebox::MetricInfo& metric : fusebox::kMetrics) {
//     std::cout << metric.name << ": " << metric.help << '\n';
//   }
//
// What is exported, docs/metrics.md, and the tests of dashboards and alerts all
// follow this table. To add a metric, add an enumerator, a row here, a line in
// internal/family_builder.cc, and a row in docs/metrics.md.
//
// Names and units follow Prometheus: units are base units (seconds, ratios from
// 0 to 1), and counters end in "_total". The values of labels are the words
// that Fusebox prints everywhere: HALF_OPEN, UNAVAILABLE, CONSECUTIVE_FAILURES.

#ifndef FUSEBOX_METRICS_NAMES_H_
#define FUSEBOX_METRICS_NAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fusebox {

enum class Metric : uint8_t {
  kState,
  kMode,
  kCalls,
  kCallDuration,
  kAdmitted,
  kInFlight,
  kAbandoned,
  kRejections,
  kTransitions,
  kProbes,
  kOpenTime,
  kOpenLeft,
  kOutage,
  kOpenings,
  kBrokenStreams,
  kFallbacks,
  kConsecutiveFailures,
  kFailureScore,
  kWindowCalls,
  kFailureRatio,
  kSlowCallRatio,
  kConsecutiveFailuresThreshold,
  kFailureScoreThreshold,
  kFailureRatioThreshold,
  kFailureRatioMinimumCalls,
  kSlowCallRatioThreshold,
  kSlowCallRatioMinimumCalls,
  kSlowCallDuration,
  kMaxConcurrentCalls,
  kOpenDuration,
  kConfigGeneration,
  kConfigErrors,
  kDroppedEvents,
  kListenerErrors,
  kCallbackErrors,
  kRetiredBreakers,
  kOverflowCalls,
};

enum class MetricType : uint8_t {
  kCounter,    // only grows, from 0 when the process starts
  kGauge,      // may go up and down
  kHistogram,  // counts by size
};

// Returns "counter", "gauge" or "histogram".
constexpr std::string_view Name(MetricType type) {
  return type == MetricType::kCounter ? "counter"
         : type == MetricType::kGauge ? "gauge"
                                      : "histogram";
}

// What it describes. A breaker's metric has kBreakerLabels before its own
// labels.
enum class MetricOwner : uint8_t { kBreaker, kRegistry };

// How the values of breakers with the same labels become one: their sum, or the
// largest of them.
enum class Merge : uint8_t { kSum, kMax };

struct MetricInfo {
  static constexpr size_t kMaxLabels = 3;

  Metric metric;
  std::string_view name;
  MetricType type;
  std::string_view unit;
  MetricOwner owner;
  std::array<std::string_view, kMaxLabels> labels;  // unused ones are empty
  Merge merge;
  std::string_view help;
};

// The label that tells registries apart. It comes before all others, and is
// absent if no registry has a name (reading.h).
inline constexpr std::string_view kRegistryLabel = "registry";

// The labels that every metric of a breaker has (labels.h).
inline constexpr std::array<std::string_view, 4> kBreakerLabels = {
    "grpc_target", "grpc_service", "grpc_method", "fusebox_key"};

namespace metric_table {

using Text = std::string_view;
using Labels = std::array<Text, MetricInfo::kMaxLabels>;

constexpr MetricInfo OfBreaker(Metric metric, MetricType type, Text name,
                               Text unit, Labels labels, Merge merge,
                               Text help) {
  return {metric, name, type, unit, MetricOwner::kBreaker, labels, merge, help};
}

constexpr MetricInfo Counter(Metric metric, Text name, Text unit, Labels labels,
                             Text help) {
  return OfBreaker(metric, MetricType::kCounter, name, unit, labels,
                   Merge::kSum, help);
}

// A gauge whose values add up.
constexpr MetricInfo Count(Metric metric, Text name, Text unit, Labels labels,
                           Text help) {
  return OfBreaker(metric, MetricType::kGauge, name, unit, labels, Merge::kSum,
                   help);
}

// A gauge whose values do not add up: a measure or a setting.
constexpr MetricInfo Level(Metric metric, Text name, Text unit, Text help) {
  return OfBreaker(metric, MetricType::kGauge, name, unit, {}, Merge::kMax,
                   help);
}

constexpr MetricInfo OfRegistry(Metric metric, Text name, MetricType type,
                                Text unit, Text help) {
  return {metric, name,        type, unit, MetricOwner::kRegistry,
          {},     Merge::kSum, help};
}

}  // namespace metric_table

#define FUSEBOX_METRIC(name) "grpc_client_circuit_breaker_" name
// clang-format off
inline constexpr std::array kMetrics = {
    metric_table::Count(Metric::kState,
        FUSEBOX_METRIC("state"), "circuits", {"state"},
        "1 for the state that the circuit is in, 0 for the others"),
    metric_table::Count(Metric::kMode,
        FUSEBOX_METRIC("mode"), "circuits", {"mode"},
        "1 for the mode in force, 0 for the others"),
    metric_table::Counter(Metric::kCalls,
        FUSEBOX_METRIC("calls_total"), "calls", {"outcome", "code"},
        "Calls that passed and ended with a status, by the breaker's verdict "
        "and by status code"),
    metric_table::OfBreaker(Metric::kCallDuration, MetricType::kHistogram,
        FUSEBOX_METRIC("call_duration_seconds"), "seconds", {"outcome"},
        Merge::kSum,
        "Time from the start of a call that passed to its status, by the "
        "breaker's verdict"),
    metric_table::Counter(Metric::kAdmitted,
        FUSEBOX_METRIC("admitted_total"), "calls", {},
        "Calls that passed"),
    metric_table::Count(Metric::kInFlight,
        FUSEBOX_METRIC("in_flight"), "calls", {},
        "Calls that passed and have not ended"),
    metric_table::Counter(Metric::kAbandoned,
        FUSEBOX_METRIC("abandoned_total"), "calls", {},
        "Calls that passed and ended without a status"),
    metric_table::Counter(Metric::kRejections,
        FUSEBOX_METRIC("rejections_total"), "calls", {"reason", "enforced"},
        "Calls that were rejected, or (enforced=\"false\") that DRY_RUN "
        "let pass although they would have been"),
    metric_table::Counter(Metric::kTransitions,
        FUSEBOX_METRIC("transitions_total"), "transitions",
        {"from", "to", "reason"},
        "Changes of state; a change of mode counts as OPERATOR with the same "
        "state before and after"),
    metric_table::Counter(Metric::kProbes,
        FUSEBOX_METRIC("probes_total"), "calls", {"outcome"},
        "Probes that are over"),
    metric_table::Counter(Metric::kOpenTime,
        FUSEBOX_METRIC("open_seconds_total"), "seconds", {},
        "How long the circuit was OPEN in total, including the present "
        "opening"),
    metric_table::Level(Metric::kOpenLeft,
        FUSEBOX_METRIC("open_remaining_seconds"), "seconds",
        "Time until a probe may pass, while the circuit is OPEN"),
    metric_table::Level(Metric::kOutage,
        FUSEBOX_METRIC("outage_seconds"), "seconds",
        "Time since the circuit left CLOSED; 0 while it is CLOSED"),
    metric_table::Level(Metric::kOpenings,
        FUSEBOX_METRIC("consecutive_openings"), "openings",
        "Openings in a row, from which the backoff is computed"),
    metric_table::Counter(Metric::kBrokenStreams,
        FUSEBOX_METRIC("broken_streams_total"), "calls", {},
        "Streams that broke after their first message had settled them"),
    metric_table::Counter(Metric::kFallbacks,
        FUSEBOX_METRIC("fallbacks_total"), "calls", {},
        "Calls that a fallback answered"),
    metric_table::Level(Metric::kConsecutiveFailures,
        FUSEBOX_METRIC("consecutive_failures"), "calls",
        "Failures in a row; 0 unless the circuit is CLOSED"),
    metric_table::Level(Metric::kFailureScore,
        FUSEBOX_METRIC("failure_score"), "points",
        "Score of failures and successes, if the rule is on; 0 unless the "
        "circuit is CLOSED"),
    metric_table::Count(Metric::kWindowCalls,
        FUSEBOX_METRIC("window_calls"), "calls", {},
        "Successes and failures in the window, if a rule needs one"),
    metric_table::Level(Metric::kFailureRatio,
        FUSEBOX_METRIC("failure_ratio"), "ratio",
        "Share of failures among the calls in the window, if the rule is "
        "on and there are as many calls as it requires"),
    metric_table::Level(Metric::kSlowCallRatio,
        FUSEBOX_METRIC("slow_call_ratio"), "ratio",
        "Share of slow calls among the calls in the window, if the rule is "
        "on and there are as many calls as it requires"),
    metric_table::Level(Metric::kConsecutiveFailuresThreshold,
        FUSEBOX_METRIC("consecutive_failures_threshold"), "calls",
        "Failures in a row that open the circuit, if the rule is on"),
    metric_table::Level(Metric::kFailureScoreThreshold,
        FUSEBOX_METRIC("failure_score_threshold"), "points",
        "The failure score that opens the circuit, if the rule is on"),
    metric_table::Level(Metric::kFailureRatioThreshold,
        FUSEBOX_METRIC("failure_ratio_threshold"), "ratio",
        "The failure ratio that opens the circuit, if the rule is on"),
    metric_table::Level(Metric::kFailureRatioMinimumCalls,
        FUSEBOX_METRIC("failure_ratio_minimum_calls"), "calls",
        "Calls that the window must have before the failure ratio can open "
        "the circuit"),
    metric_table::Level(Metric::kSlowCallRatioThreshold,
        FUSEBOX_METRIC("slow_call_ratio_threshold"), "ratio",
        "The slow-call ratio that opens the circuit, if the rule is on"),
    metric_table::Level(Metric::kSlowCallRatioMinimumCalls,
        FUSEBOX_METRIC("slow_call_ratio_minimum_calls"), "calls",
        "Calls that the window must have before the slow-call ratio can "
        "open the circuit"),
    metric_table::Level(Metric::kSlowCallDuration,
        FUSEBOX_METRIC("slow_call_duration_seconds"), "seconds",
        "A call that takes this long or longer is slow, if the rule is on"),
    metric_table::Level(Metric::kMaxConcurrentCalls,
        FUSEBOX_METRIC("max_concurrent_calls"), "calls",
        "Calls that may be in flight at once, if there is a bulkhead"),
    metric_table::Level(Metric::kOpenDuration,
        FUSEBOX_METRIC("open_duration_seconds"), "seconds",
        "How long the first opening in a row lasts"),
    metric_table::OfRegistry(Metric::kConfigGeneration,
        FUSEBOX_METRIC("config_generation"), MetricType::kGauge, "configs",
        "Generation of the config in force: 1 before the first update"),
    metric_table::OfRegistry(Metric::kConfigErrors,
        FUSEBOX_METRIC("config_errors_total"), MetricType::kCounter, "configs",
        "Configs that were refused"),
    metric_table::OfRegistry(Metric::kDroppedEvents,
        FUSEBOX_METRIC("dropped_events_total"), MetricType::kCounter, "events",
        "Events that were dropped because listeners were too slow"),
    metric_table::OfRegistry(Metric::kListenerErrors,
        FUSEBOX_METRIC("listener_errors_total"), MetricType::kCounter, "errors",
        "Calls of listeners that ended in an exception"),
    metric_table::OfRegistry(Metric::kCallbackErrors,
        FUSEBOX_METRIC("callback_errors_total"), MetricType::kCounter, "errors",
        "Calls of the application's functions (for example, a fallback) that "
        "ended in an exception"),
    metric_table::OfRegistry(Metric::kRetiredBreakers,
        FUSEBOX_METRIC("retired_total"), MetricType::kCounter, "breakers",
        "Breakers that have left with their target's last channel, or have "
        "made room for another key"),
    metric_table::OfRegistry(Metric::kOverflowCalls,
        FUSEBOX_METRIC("overflow_calls_total"), MetricType::kCounter, "calls",
        "Calls that passed without a breaker of their own, because a limit of "
        "breakers per target was reached"),
};
// clang-format on
#undef FUSEBOX_METRIC

// Returns the row of a metric.
constexpr const MetricInfo& Info(Metric metric) {
  return kMetrics[static_cast<size_t>(metric)];
}

namespace metric_table {

constexpr bool RowsAreInTheOrderOfTheEnum() {
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    if (kMetrics[i].metric != static_cast<Metric>(i)) return false;
  }
  return true;
}
static_assert(RowsAreInTheOrderOfTheEnum() &&
              kMetrics.size() ==
                  static_cast<size_t>(Metric::kOverflowCalls) + 1);

}  // namespace metric_table
}  // namespace fusebox

#endif  // FUSEBOX_METRICS_NAMES_H_
