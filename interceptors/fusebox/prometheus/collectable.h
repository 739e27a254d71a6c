// collectable.h: exports the metrics of a registry through prometheus-cpp.
//
//   auto metrics = std::make_shared<fusebox::PrometheusCollectable>(registry);
//   prometheus::Exposer exposer("127.0.0.1:9464");
//   exposer.RegisterCollectable(metrics);
//
// Keep `metrics` as long as it is to be exported: the exposer does not. The
// metrics are listed in metrics/names.h and docs/metrics.md. Two registries
// behind one endpoint would export every metric twice, which Prometheus
// refuses. So let channels share a registry, or serve the second one under
// another path.
//
// The target is fusebox::prometheus. It exists if prometheus-cpp is installed.

#ifndef FUSEBOX_PROMETHEUS_COLLECTABLE_H_
#define FUSEBOX_PROMETHEUS_COLLECTABLE_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <vector>

#include "fusebox/registry/registry.h"

namespace fusebox {

// Thread-safe.
class PrometheusCollectable final : public prometheus::Collectable {
 public:
  // Calls Registry::MeterCalls(). REQUIRES: `registry` is not null.
  explicit PrometheusCollectable(std::shared_ptr<Registry> registry);

  // Returns the metrics that have samples. RPCs do not wait for it.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::shared_ptr<Registry> registry_;
};

}  // namespace fusebox

#endif  // FUSEBOX_PROMETHEUS_COLLECTABLE_H_
