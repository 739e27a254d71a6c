// metrics_server.h: serves the breaker's metrics to Prometheus.

#ifndef DEMO_METRICS_SERVER_H_
#define DEMO_METRICS_SERVER_H_

#include <memory>
#include <string>

#include "fusebox/registry/registry.h"

namespace outage {

// Serves http://127.0.0.1:<port>/metrics as long as it exists.
class MetricsServer {
 public:
  // Port 0 means a free port. Returns null and sets `*error` if it cannot
  // serve, for example in a build without prometheus-cpp.
  static std::unique_ptr<MetricsServer> Start(
      std::shared_ptr<fusebox::Registry> registry, int port,
      std::string* error);

  virtual ~MetricsServer() = default;

  virtual int port() const = 0;

  // Returns how often the metrics were read.
  virtual int scrapes() const = 0;
};

}  // namespace outage

#endif  // DEMO_METRICS_SERVER_H_
