// reading.h: reads all metrics of a registry at one moment, as plain numbers.
//
//   registry->MeterCalls();  // once, for the metrics by status code
//   for (const auto& family : fusebox::ReadMetrics(*registry)) {
//     for (const auto& sample : family.samples) {
//       Export(family.info.name, family.label_names, sample);
//     }
//   }
//
// Every exporter builds on this: the one for Prometheus
// (prometheus/collectable.h), the one for OpenTelemetry in
// examples/opentelemetry/, and any other.
//
// A breaker has about 120 samples. Half of them are buckets of durations.
// Reading 1000 breakers takes about 100 ms, and RPCs do not wait for it.

#ifndef FUSEBOX_METRICS_READING_H_
#define FUSEBOX_METRICS_READING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/metrics/names.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Counts by size. There is one bucket for each of `bounds`, which are inclusive
// upper bounds in ascending order, and one more for what is larger. The buckets
// are not cumulative.
struct HistogramSample {
  std::vector<double> bounds;
  std::vector<uint64_t> buckets;
  double sum = 0;

  uint64_t count() const;
};

struct MetricSample {
  // The values of MetricFamily::label_names, in that order. UTF-8.
  std::vector<std::string> labels;

  // The value of a counter or a gauge.
  double value = 0;

  // The value of a histogram. Empty for other metrics.
  HistogramSample histogram;
};

// One metric. All its samples have different labels.
struct MetricFamily {
  const MetricInfo& info;
  std::vector<std::string_view> label_names;
  std::vector<MetricSample> samples;
};

// Returns every metric of kMetrics, in that order. Some have no samples.
// Counters are there at 0 from the breaker's first moment. The exception is
// calls with a status code that does not matter to the policy: they appear with
// the first such call.
std::vector<MetricFamily> ReadMetrics(const Registry& registry);

}  // namespace fusebox

#endif  // FUSEBOX_METRICS_READING_H_
