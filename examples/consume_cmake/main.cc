// main.cc: a program of a separate project, which links fusebox::fusebox and,
// if it exists, fusebox::prometheus. A backend fails until its circuit opens.

#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <iostream>
#include <memory>

#include "fusebox/core/breaker.h"
#include "fusebox/core/call.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/registry/registry.h"

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

  auto registry = fusebox::Registry::Create(fusebox::Config());
  if (!registry.ok()) {
    std::cerr << registry.status() << "\n";
    return 1;
  }
  const auto channel = fusebox::CreateChannel(
      "localhost:50051", grpc::InsecureChannelCredentials(),
      grpc::ChannelArguments(), *registry);

#ifdef CONSUME_HAS_PROMETHEUS
  if (fusebox::PrometheusCollectable(*registry).Collect().empty()) return 1;
#endif

  const fusebox::State state = breaker->TakeSnapshot().state;
  std::cout << "The backend saw " << asked << " of 8 calls; its circuit is "
            << fusebox::Name(state) << ".\n";
  return state == fusebox::State::kOpen && asked == 5 && channel ? 0 : 1;
}
