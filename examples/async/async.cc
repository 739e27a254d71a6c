// async: circuit breakers in the callback API and in the completion queue API.
// Nothing in these clients is about breakers: a rejected call ends like any
// other, on the same thread and through the same tag, only at once.

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"

using fusebox::example::Greeter;
using fusebox::example::GreetReply;
using fusebox::example::GreetRequest;

namespace {

// A server that fails every call.
class GreeterService final : public Greeter::Service {
  grpc::Status Greet(grpc::ServerContext*, const GreetRequest*,
                     GreetReply*) override {
    return {grpc::StatusCode::UNAVAILABLE, "out for lunch"};
  }
};

void Print(const char* api, const grpc::Status& status) {
  std::cout << api << ": "
            << (fusebox::IsRejection(status) ? "rejected" : "failed") << "\n";
}

// The callback runs on a thread of gRPC. Here, the caller waits for it.
void CallWithCallback(Greeter::Stub& stub) {
  grpc::ClientContext context;
  const GreetRequest request;
  GreetReply reply;
  std::mutex mutex;
  std::condition_variable condition;
  bool done = false;
  stub.async()->Greet(&context, &request, &reply, [&](grpc::Status status) {
    Print("callback", status);
    const std::lock_guard<std::mutex> lock(mutex);
    done = true;
    condition.notify_one();
  });
  std::unique_lock<std::mutex> lock(mutex);
  condition.wait(lock, [&] { return done; });
}

// The tag comes out of the queue when the call has ended, rejected or not.
void CallWithQueue(Greeter::Stub& stub, grpc::CompletionQueue& queue) {
  grpc::ClientContext context;
  GreetReply reply;
  grpc::Status status;
  const auto reader = stub.AsyncGreet(&context, GreetRequest(), &queue);
  reader->Finish(&reply, &status, &reply);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  Print("completion queue", status);
}

}  // namespace

int main() {
  GreeterService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  fusebox::Config config;
  config.default_policy.consecutive_failures = 2;
  auto registry = fusebox::Registry::Create(config);
  if (!registry.ok()) {
    std::cerr << registry.status() << "\n";
    return 1;
  }
  const auto stub = Greeter::NewStub(
      fusebox::CreateChannel("127.0.0.1:" + std::to_string(port),
                             grpc::InsecureChannelCredentials(), *registry));

  // Both APIs meet the same breaker. It opens after two failures.
  grpc::CompletionQueue queue;
  for (int round = 0; round < 2; ++round) {
    CallWithCallback(*stub);
    CallWithQueue(*stub, queue);
  }
  queue.Shutdown();
}
