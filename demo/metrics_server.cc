#include "demo/metrics_server.h"

#include <memory>
#include <string>
#include <utility>

#include "fusebox/registry/registry.h"

#ifdef OUTAGE_HAS_PROMETHEUS
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <atomic>
#include <exception>
#include <vector>

#include "fusebox/prometheus/collectable.h"

namespace outage {
namespace {

// Provides the breaker's metrics, and counts how often they are read.
class CountedMetrics final : public prometheus::Collectable {
 public:
  explicit CountedMetrics(std::shared_ptr<fusebox::Registry> registry)
      : metrics_(std::move(registry)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    ++scrapes_;
    return metrics_.Collect();
  }

  int scrapes() const { return scrapes_; }

 private:
  const fusebox::PrometheusCollectable metrics_;
  mutable std::atomic<int> scrapes_{0};
};

class PrometheusServer final : public MetricsServer {
 public:
  PrometheusServer(std::shared_ptr<fusebox::Registry> registry, int port)
      : metrics_(std::make_shared<CountedMetrics>(std::move(registry))),
        exposer_("127.0.0.1:" + std::to_string(port)) {
    exposer_.RegisterCollectable(metrics_);
  }

  int port() const override { return exposer_.GetListeningPorts().front(); }
  int scrapes() const override { return metrics_->scrapes(); }

 private:
  const std::shared_ptr<CountedMetrics> metrics_;
  prometheus::Exposer exposer_;
};

}  // namespace

std::unique_ptr<MetricsServer> MetricsServer::Start(
    std::shared_ptr<fusebox::Registry> registry, int port, std::string* error) {
  try {
    return std::make_unique<PrometheusServer>(std::move(registry), port);
  } catch (const std::exception& e) {
    *error = "no metrics on port " + std::to_string(port) + ": " + e.what();
    return nullptr;
  }
}

}  // namespace outage

#else

namespace outage {

std::unique_ptr<MetricsServer> MetricsServer::Start(
    std::shared_ptr<fusebox::Registry>, int, std::string* error) {
  *error = "no metrics: this was built without prometheus-cpp";
  return nullptr;
}

}  // namespace outage

#endif
