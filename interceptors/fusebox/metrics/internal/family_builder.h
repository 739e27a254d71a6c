// family_builder.h: turns snapshots of breakers into the samples of metrics.

#ifndef FUSEBOX_METRICS_INTERNAL_FAMILY_BUILDER_H_
#define FUSEBOX_METRICS_INTERNAL_FAMILY_BUILDER_H_

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/metrics/internal/labels.h"
#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// For one reading. Not thread-safe.
class FamilyBuilder {
 public:
  // With `names_registries`, every sample has kRegistryLabel.
  FamilyBuilder(bool names_registries, bool histograms);

  // Begins with the next registry, which has this name. Call it before the
  // functions below.
  void Begin(const std::string& registry,
             const std::vector<Duration>& duration_bounds);

  // Adds the samples of one of its breakers, which is as it was at `now`.
  void AddBreaker(const MethodSnapshot& it, TimePoint now);

  // Adds the counters of those that have left. Sums over all breakers therefore
  // never go down.
  void AddRetired(const RetiredBreakers& retired);

  // Adds its own samples. `retired` breakers have left it.
  void AddRegistry(const Registry& registry, uint64_t retired);

  // Returns the families. Samples with the same labels have become one.
  std::vector<MetricFamily> Take();

 private:
  MetricSample& Add(Metric metric, double value,
                    std::initializer_list<std::string_view> labels = {});

  // Adds a counter if it has counted, or may count.
  void AddCounter(Metric metric, uint64_t count, bool may_count,
                  std::initializer_list<std::string_view> labels);

  void AddState(const Snapshot& breaker, TimePoint now);
  void AddTotals(const Snapshot& breaker);
  void AddTransitions(const Snapshot& breaker);
  void AddWindow(const Snapshot& breaker);
  void AddSettings(const Settings& settings);
  void AddCalls(const CallReading& calls, const CodeClassifier& classifier);
  void AddDurations(Outcome outcome, const CallReading::Durations& durations);
  void MergeSamples();

  const bool names_registries_;
  const bool histograms_;
  std::vector<MetricFamily> families_;

  // Of the present registry.
  std::vector<std::string> registry_labels_;
  std::vector<double> bounds_;
  std::set<BreakerLabels> seen_;

  std::vector<std::string> prefix_;  // the labels of the next samples
  bool merges_ = false;              // two breakers have the same labels
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_METRICS_INTERNAL_FAMILY_BUILDER_H_
