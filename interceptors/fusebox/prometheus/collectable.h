// collectable.h: exports the metrics of registries through prometheus-cpp.
//
//   auto metrics = std::make_shared<fusebox::PrometheusCollectable>(registry);
//   prometheus::Exposer exposer("127.0.0.1:9464");
//   exposer.RegisterCollectable(metrics);
//
// Keep `metrics` as long as it is to be exported: the exposer does not. The
// metrics are listed in metrics/names.h and docs/metrics.md.
//
// A path of an exposer must have only one collectable, because a scrape may
// have each metric only once. If the process has several registries, one
// collectable exports them all, and the label "registry" tells them apart:
//
//   auto reader =
//       fusebox::MetricReader::Create({{"shop", shop}, {"batch", batch}});
//   if (!reader.ok()) return reader.status();
//   auto metrics =
//       std::make_shared<fusebox::PrometheusCollectable>(*std::move(reader));
//
// The target is fusebox::prometheus. It exists if prometheus-cpp is installed.

#ifndef FUSEBOX_PROMETHEUS_COLLECTABLE_H_
#define FUSEBOX_PROMETHEUS_COLLECTABLE_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <vector>

#include "fusebox/base/internal/export.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Thread-safe.
class FUSEBOX_EXPORT PrometheusCollectable final
    : public prometheus::Collectable {
 public:
  // Exports all metrics of one registry. Calls Registry::MeterCalls().
  // REQUIRES: `registry` is not null.
  explicit PrometheusCollectable(std::shared_ptr<Registry> registry);

  // Exports what this reader reads: several registries, or a part of the
  // metrics.
  explicit PrometheusCollectable(MetricReader reader);

  // Returns the metrics that have samples. RPCs do not wait for it.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const MetricReader reader_;
};

}  // namespace fusebox

#endif  // FUSEBOX_PROMETHEUS_COLLECTABLE_H_
