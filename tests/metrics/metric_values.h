// metric_values.h: a reading of a registry's metrics, looked up by labels.

#ifndef FUSEBOX_TESTS_METRICS_METRIC_VALUES_H_
#define FUSEBOX_TESTS_METRICS_METRIC_VALUES_H_

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using LabelValues = std::vector<std::string>;

class MetricValues {
 public:
  explicit MetricValues(Registry& registry, MetricOptions options = {})
      : MetricValues(
            MetricReader(registry.shared_from_this(), std::move(options))) {}
  explicit MetricValues(const MetricReader& reader)
      : families_(reader.Read()) {}

  const MetricFamily& family(Metric metric) const {
    return families_[static_cast<size_t>(metric)];
  }
  const std::vector<MetricFamily>& families() const { return families_; }

  const MetricSample* Find(Metric metric, const LabelValues& labels) const {
    for (const MetricSample& sample : family(metric).samples) {
      if (sample.labels == labels) return &sample;
    }
    return nullptr;
  }

  std::optional<double> Value(Metric metric, const LabelValues& labels) const {
    const MetricSample* const sample = Find(metric, labels);
    if (sample == nullptr) return std::nullopt;
    return sample->value;
  }

  // Returns the values of one breaker that are not 0, by the metric's own
  // labels.
  std::map<LabelValues, double> NotZero(Metric metric,
                                        const LabelValues& breaker) const {
    std::map<LabelValues, double> values;
    for (const MetricSample& sample : family(metric).samples) {
      const auto own =
          sample.labels.begin() +
          static_cast<LabelValues::difference_type>(breaker.size());
      if (sample.value == 0) continue;
      if (!std::equal(breaker.begin(), breaker.end(), sample.labels.begin())) {
        continue;
      }
      values[LabelValues(own, sample.labels.end())] = sample.value;
    }
    return values;
  }

 private:
  std::vector<MetricFamily> families_;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_METRICS_METRIC_VALUES_H_
