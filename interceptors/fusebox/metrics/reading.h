// reading.h: all metrics of a registry at one moment, as plain numbers.
//
//   registry->MeterCalls();  // once; without it there is none by status code
//   for (const auto& family : fusebox::ReadMetrics(*registry)) {
//     for (const auto& sample : family.samples) {
//       Export(family.info.name, family.label_names, sample);
//     }
//   }
//
// What every exporter is made of: the one for Prometheus
// (prometheus_exporter.h), and any other. examples/opentelemetry/ is one for
// OpenTelemetry.
//
// A breaker is about 120 samples, half of them buckets of durations; 1000
// breakers are read in some 100 ms. RPCs do not wait for it.

#ifndef FUSEBOX_METRICS_READING_H_
#define FUSEBOX_METRICS_READING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/metrics/names.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Counts by size. `buckets` are those of `bounds`, inclusive upper ones in
// ascending order, and one more for what is larger; not cumulative.
struct HistogramSample {
  std::vector<double> bounds;
  std::vector<uint64_t> buckets;
  double sum = 0;

  uint64_t count() const;
};

struct MetricSample {
  // Values of the family's labels, in their order. UTF-8.
  std::vector<std::string> labels;

  // A counter's or a gauge's.
  double value = 0;

  // A histogram's; else empty.
  HistogramSample histogram;
};

// One metric. No two samples have the same labels.
struct MetricFamily {
  const MetricInfo& info;
  std::vector<std::string_view> label_names;
  std::vector<MetricSample> samples;
};

// Every metric of kMetrics, in that order; some have no samples. Counters are
// there from the breaker's first moment at 0, except calls by status codes that
// its policy takes no notice of: those come with the first such call.
std::vector<MetricFamily> ReadMetrics(const Registry& registry);

}  // namespace fusebox

#endif  // FUSEBOX_METRICS_READING_H_
