#include <prometheus/exposer.h>  // link prometheus-cpp::pull

#include "fusebox/fusebox.h"                 // link fusebox::fusebox
#include "fusebox/prometheus/collectable.h"  // link fusebox::prometheus

int main() {
  auto registry = fusebox::Registry::Create();
  auto metrics = std::make_shared<fusebox::PrometheusCollectable>(registry);
  prometheus::Exposer exposer("127.0.0.1:9464");
  exposer.RegisterCollectable(metrics);
}
