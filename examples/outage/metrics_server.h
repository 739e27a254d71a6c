// metrics_server.h: serves the breaker's metrics to Prometheus.

#ifndef EXAMPLES_OUTAGE_METRICS_SERVER_H_
#define EXAMPLES_OUTAGE_METRICS_SERVER_H_

#include <memory>
#include <string>

#include "fusebox/registry/registry.h"

namespace outage {

// Serves http://127.0.0.1:<port>/metrics as long as it exists.
class MetricsServer {
 public:
  // Port 0 means a free one. Null, and `*error` says why, if it cannot; so it
  // is in a build without prometheus-cpp.
  static std::unique_ptr<MetricsServer> Start(
      std::shared_ptr<fusebox::Registry> registry, int port,
      std::string* error);

  virtual ~MetricsServer() = default;

  virtual int port() const = 0;

  // How often they were asked for.
  virtual int scrapes() const = 0;
};

}  // namespace outage

#endif  // EXAMPLES_OUTAGE_METRICS_SERVER_H_
