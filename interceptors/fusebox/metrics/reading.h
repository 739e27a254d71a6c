// reading.h: reads all metrics at one moment, as plain numbers.
//
//   const fusebox::MetricReader reader(registry);
//   for (const fusebox::MetricFamily& family : reader.Read()) {
//     for (const fusebox::MetricSample& sample : family.samples) {
//       Export(family.info.name, family.label_names, sample);
//     }
//   }
//
// A process with several registries reads all of them with one reader, so that
// each metric is one family. Their names tell them apart:
//
//   absl::StatusOr<fusebox::MetricReader> reader =
//       fusebox::MetricReader::Create({{"shop", shop}, {"batch", batch}});
//
// Every exporter builds on this: the one for Prometheus
// (prometheus/collectable.h), the one for OpenTelemetry in
// examples/opentelemetry/, and any other. docs/metrics.md says how many samples
// a breaker has. Reading 1000 breakers takes about 100 ms, and RPCs do not wait
// for it.

#ifndef FUSEBOX_METRICS_READING_H_
#define FUSEBOX_METRICS_READING_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/metrics/names.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Counts by size. There is one bucket for each of `bounds`, which are inclusive
// upper bounds in ascending order, and one more for what is larger. The buckets
// are not cumulative.
struct FUSEBOX_EXPORT HistogramSample {
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

// A registry, and what tells its metrics apart from those of others.
struct NamedRegistry {
  // The value of the label "registry". UTF-8. Metrics of a registry whose name
  // is empty do not have the label.
  std::string name;

  std::shared_ptr<Registry> registry;
};

// Which metrics are read.
struct MetricOptions {
  // Whether histograms are read. They are about half of all series. Their
  // bounds are an option of the registry: Registry::Options::duration_bounds.
  bool histograms = true;

  // Selects breakers for which it returns true, or all if it is empty. It is
  // called for each breaker at each reading, on the thread that reads. If it
  // throws, the breaker is read, and the registry counts a callback error.
  // Calls beyond the registry's limits belong to a breaker whose method is
  // "other".
  std::function<bool(const BreakerName& breaker)> filter;
};

// Thread-safe.
class FUSEBOX_EXPORT MetricReader {
 public:
  // Reads one registry, without the label "registry". Calls
  // Registry::MeterCalls(). REQUIRES: `registry` is not null.
  explicit MetricReader(std::shared_ptr<Registry> registry,
                        MetricOptions options = {});

  // Reads several registries. Calls Registry::MeterCalls() of each. Errors:
  // INVALID_ARGUMENT with every problem: there must be at least one registry,
  // none of them may be null, and no two of them may be the same or have the
  // same name.
  static absl::StatusOr<MetricReader> Create(
      std::vector<NamedRegistry> registries, MetricOptions options = {});

  // Returns every metric of kMetrics, in that order. Some have no samples.
  // Counters start at 0 as soon as the breaker's policy and mode let them
  // count. The exceptions are calls with a status code that does not matter to
  // the policy, and histograms: they appear with the first such call.
  std::vector<MetricFamily> Read() const;

 private:
  MetricReader(std::vector<NamedRegistry> registries, MetricOptions options);

  std::vector<NamedRegistry> registries_;
  MetricOptions options_;
};

}  // namespace fusebox

#endif  // FUSEBOX_METRICS_READING_H_
