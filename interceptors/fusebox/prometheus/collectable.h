// collectable.h: a registry's metrics for prometheus-cpp.
//
//   auto metrics = std::make_shared<fusebox::PrometheusCollectable>(registry);
//   prometheus::Exposer exposer("127.0.0.1:9464");
//   exposer.RegisterCollectable(metrics);  // keep `metrics`: it holds it
//   weakly
//
// What there is to see stands in metric_names.h and docs/metrics.md. Two
// registries behind one endpoint would give every metric twice, which
// Prometheus refuses: let channels share a registry, or serve the second one
// under another path.
//
// In a target of its own, fusebox::prometheus, which is there where
// prometheus-cpp is.

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
  // From now on the registry counts calls by code and duration
  // (Registry::MeterCalls()). Not null.
  explicit PrometheusCollectable(std::shared_ptr<Registry> registry);

  // The metrics that have samples. RPCs do not wait for it.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::shared_ptr<Registry> registry_;
};

}  // namespace fusebox

#endif  // FUSEBOX_PROMETHEUS_COLLECTABLE_H_
