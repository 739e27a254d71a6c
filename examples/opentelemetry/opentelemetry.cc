// opentelemetry: a breaker opens, and OpenTelemetry reports it on standard
// output. Start with registry_metrics.h.

#include <opentelemetry/exporters/ostream/metric_exporter.h>
#include <opentelemetry/sdk/metrics/export/periodic_exporting_metric_reader_factory.h>
#include <opentelemetry/sdk/metrics/export/periodic_exporting_metric_reader_options.h>
#include <opentelemetry/sdk/metrics/meter_provider.h>

#include <iostream>
#include <memory>
#include <utility>

#include "examples/opentelemetry/registry_metrics.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/call.h"
#include "fusebox/metrics/reading.h"
#include "fusebox/registry/registry.h"

namespace {

namespace sdk = opentelemetry::sdk::metrics;

// Your program has a provider already, with an exporter to its collector.
std::shared_ptr<sdk::MeterProvider> MakeProvider() {
  auto reader = sdk::PeriodicExportingMetricReaderFactory::Create(
      std::make_unique<opentelemetry::exporter::metrics::OStreamMetricExporter>(
          std::cout),
      sdk::PeriodicExportingMetricReaderOptions());
  auto provider = std::make_shared<sdk::MeterProvider>();
  provider->AddMetricReader(std::move(reader));
  return provider;
}

}  // namespace

int main() {
  auto registry = fusebox::Registry::Create();
  const auto provider = MakeProvider();
  const example::RegistryMetrics metrics(fusebox::MetricReader(registry),
                                         provider->GetMeter("fusebox"));

  // In your program, channels with this registry make such calls
  // (fusebox/grpc/channel.h). Here, this loop stands for a backend that always
  // fails.
  const std::shared_ptr<fusebox::Breaker> breaker =
      registry->FindBreaker("shop:443", "/shop.v1.Cart/Checkout");
  for (int i = 0; i < 8; ++i) fusebox::Call(*breaker, [] { return false; });

  return provider->ForceFlush() ? 0 : 1;
}
