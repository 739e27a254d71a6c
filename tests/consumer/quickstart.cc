#include <iostream>
#include <memory>
#include <string>

#include "fusebox/fusebox.h"  // link fusebox::fusebox

// Stands in for what protoc generates.
struct Greeter {
  static std::shared_ptr<grpc::ChannelInterface> NewStub(
      std::shared_ptr<grpc::ChannelInterface> channel) {
    return channel;
  }
};

int main() {
  const int port = 50051;
  fusebox::Config config;
  config.default_policy.consecutive_failures = 3;
  config.default_policy.open_duration = std::chrono::seconds(1);
  auto registry = fusebox::Registry::Create(config);
  if (!registry.ok()) {
    std::cerr << registry.status() << "\n";
    return 1;
  }
  auto channel =
      fusebox::CreateChannel("127.0.0.1:" + std::to_string(port),
                             grpc::InsecureChannelCredentials(), *registry);
  auto stub = Greeter::NewStub(channel);
}
