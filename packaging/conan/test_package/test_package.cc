// test_package.cc: a program that links fusebox::fusebox. Its circuit opens.

#include <fusebox/fusebox.h>

#include <iostream>

int main() {
  const auto registry = fusebox::Registry::Create();
  const auto channel = fusebox::CreateChannel(
      "localhost:50051", grpc::InsecureChannelCredentials(), registry);
  const auto breaker = fusebox::Breaker::Create("backend", fusebox::Settings());
  for (int i = 0; i < 5; ++i) {
    fusebox::Call(*breaker, [] { return false; });
  }
  const fusebox::State state = breaker->TakeSnapshot().state;
  std::cout << "Fusebox " << fusebox::kVersion << ": the circuit is "
            << fusebox::Name(state) << "\n";
  return channel != nullptr && state == fusebox::State::kOpen ? 0 : 1;
}
