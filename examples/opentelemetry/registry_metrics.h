// registry_metrics.h: shows the metrics of registries as observable instruments
// of OpenTelemetry. You can copy this file into your program without changes.

#ifndef EXAMPLES_OPENTELEMETRY_REGISTRY_METRICS_H_
#define EXAMPLES_OPENTELEMETRY_REGISTRY_METRICS_H_

#include <opentelemetry/metrics/async_instruments.h>
#include <opentelemetry/metrics/meter.h>
#include <opentelemetry/metrics/observer_result.h>
#include <opentelemetry/nostd/shared_ptr.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "fusebox/metrics/names.h"
#include "fusebox/metrics/reading.h"

namespace example {

// The instruments exist as long as this object. A meter must have only one such
// object: a reader takes several registries (fusebox::MetricReader::Create()).
// Thread-safe.
class RegistryMetrics {
 public:
  // Names, units and labels are those of docs/metrics.md. OpenTelemetry has no
  // observable histogram. Each duration is therefore two counters: the number
  // of calls ("..._count") and the sum of their durations ("..._sum").
  RegistryMetrics(
      fusebox::MetricReader reader,
      opentelemetry::nostd::shared_ptr<opentelemetry::metrics::Meter> meter);
  ~RegistryMetrics();

  RegistryMetrics(const RegistryMetrics&) = delete;
  RegistryMetrics& operator=(const RegistryMetrics&) = delete;

 private:
  // The part of a sample that an instrument reports.
  enum class Part { kValue, kCount, kSum };

  struct Instrument {
    RegistryMetrics* owner;
    fusebox::Metric metric;
    Part part;
    opentelemetry::nostd::shared_ptr<
        opentelemetry::metrics::ObservableInstrument>
        instrument;
  };
  using Families = std::vector<fusebox::MetricFamily>;

  void Add(const fusebox::MetricInfo& info, Part part, const char* suffix);
  static void Observe(opentelemetry::metrics::ObserverResult result,
                      void* instrument);

  // Returns the reading that all instruments of one collection share.
  std::shared_ptr<const Families> Read();

  const fusebox::MetricReader reader_;
  const opentelemetry::nostd::shared_ptr<opentelemetry::metrics::Meter> meter_;
  std::vector<std::unique_ptr<Instrument>> instruments_;

  std::mutex mu_;
  std::shared_ptr<const Families> families_;
  std::chrono::steady_clock::time_point read_at_;
};

}  // namespace example

#endif  // EXAMPLES_OPENTELEMETRY_REGISTRY_METRICS_H_
