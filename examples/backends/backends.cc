// backends: three backends behind one registry. Each has its own circuit
// breakers, so that a client can go on with the next backend when one is dead.

#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"

using fusebox::example::Greeter;
using fusebox::example::GreetReply;
using fusebox::example::GreetRequest;

namespace {

class GreeterService final : public Greeter::Service {
 public:
  GreeterService(std::string name, bool ill)
      : name_(std::move(name)), ill_(ill) {}

  grpc::Status Greet(grpc::ServerContext*, const GreetRequest*,
                     GreetReply* reply) override {
    if (ill_) return {grpc::StatusCode::UNAVAILABLE, "ill"};
    reply->set_greeting("hello from " + name_);
    return grpc::Status::OK;
  }

 private:
  const std::string name_;
  const bool ill_;
};

// A backend, and the client's stub of it.
struct Backend {
  std::string name;
  std::unique_ptr<GreeterService> service;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<Greeter::Stub> stub;
};

Backend Start(const std::string& name, bool ill,
              const std::shared_ptr<fusebox::Registry>& registry) {
  Backend backend;
  backend.name = name;
  backend.service = std::make_unique<GreeterService>(name, ill);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(backend.service.get());
  backend.server = builder.BuildAndStart();

  // The name keeps the port out of logs and metrics. Channels of the same name
  // share their breakers.
  fusebox::InterceptorOptions options;
  options.target = name;
  backend.stub = Greeter::NewStub(fusebox::CreateChannel(
      "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(),
      registry, options));
  return backend;
}

// Asks one backend after the other until one answers.
void Ask(const std::vector<Backend>& backends) {
  for (const Backend& backend : backends) {
    grpc::ClientContext context;
    GreetReply reply;
    const grpc::Status status =
        backend.stub->Greet(&context, GreetRequest(), &reply);
    if (status.ok()) {
      std::cout << reply.greeting() << "\n";
      return;
    }
    // A rejected call costs no time, and never reached its backend.
    std::cout << backend.name
              << (fusebox::IsRejection(status) ? " is skipped, " : " fails, ");
  }
  std::cout << "nobody is left\n";
}

}  // namespace

int main() {
  fusebox::Config config;
  config.default_policy.consecutive_failures = 2;
  auto registry = fusebox::Registry::Create(config);
  if (!registry.ok()) {
    std::cerr << registry.status() << "\n";
    return 1;
  }

  std::vector<Backend> backends;
  backends.push_back(Start("north", /*ill=*/true, *registry));
  backends.push_back(Start("east", /*ill=*/false, *registry));
  backends.push_back(Start("south", /*ill=*/false, *registry));
  for (int call = 0; call < 4; ++call) Ask(backends);

  for (const fusebox::MethodSnapshot& one : (*registry)->TakeSnapshot()) {
    std::cout << one.name.target << one.name.method << " is "
              << fusebox::Name(one.breaker.state) << "\n";
  }
}
