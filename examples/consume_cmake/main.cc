// main.cc: a program of another project, which links fusebox::fusebox and, if
// it exists, fusebox::prometheus. Its backend fails until the circuit opens.

#include <iostream>

#include "fusebox/fusebox.h"

#ifdef CONSUME_HAS_PROMETHEUS
#include "fusebox/prometheus/collectable.h"
#endif

int main() {
  auto breaker = fusebox::Breaker::Create("backend", fusebox::Settings());
  int asked = 0;
  const auto ask = [&] {
    ++asked;
    return false;
  };
  for (int i = 0; i < 8; ++i) fusebox::Call(*breaker, ask);

  auto registry = fusebox::Registry::Create();
  const fusebox::Logger logger(registry);
  const auto channel = fusebox::CreateChannel(
      "localhost:50051", grpc::InsecureChannelCredentials(), registry);

#ifdef CONSUME_HAS_PROMETHEUS
  if (fusebox::PrometheusCollectable(registry).Collect().empty()) return 1;
#endif

  const fusebox::State state = breaker->TakeSnapshot().state;
  std::cout << "The backend saw " << asked << " of 8 calls; its circuit is "
            << fusebox::Name(state) << ".\n";
  return state == fusebox::State::kOpen && asked == 5 && channel ? 0 : 1;
}
