// quickstart: a client whose circuit opens when its server fails, and closes
// when the server works again.

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"

using fusebox::example::Greeter;
using fusebox::example::GreetReply;
using fusebox::example::GreetRequest;

// A server that fails on demand.
class GreeterService final : public Greeter::Service {
 public:
  std::atomic<bool> failing{false};
  std::atomic<int> calls{0};

  grpc::Status Greet(grpc::ServerContext*, const GreetRequest* request,
                     GreetReply* reply) override {
    ++calls;
    if (failing) return {grpc::StatusCode::UNAVAILABLE, "out for lunch"};
    reply->set_greeting("Hello, " + request->name() + "!");
    return grpc::Status::OK;
  }
};

int main() {
  GreeterService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

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

  const auto greet = [&] {
    grpc::ClientContext context;
    GreetRequest request;
    GreetReply reply;
    request.set_name("Ada");
    const grpc::Status status = stub->Greet(&context, request, &reply);
    std::cout << (status.ok()                    ? reply.greeting()
                  : fusebox::IsRejection(status) ? "rejected at once: "
                                                 : "failed: ")
              << status.error_message() << "\n";
  };

  greet();                 // Hello, Ada!
  service.failing = true;  // three failures open the circuit ...
  for (int i = 0; i < 5; ++i) greet();
  service.failing = false;  // ... and a second later a probe closes it
  std::this_thread::sleep_for(std::chrono::seconds(1));
  for (int i = 0; i < 2; ++i) greet();
  std::cout << "The server saw " << service.calls << " of 8 calls.\n";
}
