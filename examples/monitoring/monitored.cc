// monitored: a process that logs what its breakers do and that Prometheus can
// scrape. Its backend is down. To try it, run
//
//   monitored & curl -s http://127.0.0.1:9464/metrics | grep circuit_breaker

#include <prometheus/exposer.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "fusebox/core/call.h"
#include "fusebox/log/logger.h"
#include "fusebox/policy/status_traits.h"
#include "fusebox/prometheus/collectable.h"
#include "fusebox/registry/registry.h"

int main() {
  fusebox::Config config;
  config.default_policy.open_duration = std::chrono::seconds(5);
  auto registry = fusebox::Registry::Create(config).value();
  const fusebox::Logger logger(registry);
  auto metrics = std::make_shared<fusebox::PrometheusCollectable>(registry);
  prometheus::Exposer exposer("127.0.0.1:9464");
  exposer.RegisterCollectable(metrics);
  std::cout << "http://127.0.0.1:9464/metrics until it is interrupted\n"
            << std::flush;

  const std::shared_ptr<fusebox::Breaker> breaker =
      registry->FindBreaker("shop:443", "/shop.v1.Cart/Checkout");
  for (;;) {
    (void)fusebox::Call(
        *breaker, [] { return absl::UnavailableError("connection refused"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}
