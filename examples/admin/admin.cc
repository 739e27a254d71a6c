// admin: a process that serves the admin service in both ways, and a client
// that looks at the process and steers it.

#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/admin/server.h"
#include "fusebox/admin/service.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/v1/admin.grpc.pb.h"

using fusebox::example::Greeter;
using fusebox::example::GreetReply;
using fusebox::example::GreetRequest;

class GreeterService final : public Greeter::Service {
  grpc::Status Greet(grpc::ServerContext*, const GreetRequest* request,
                     GreetReply* reply) override {
    reply->set_greeting("Hello, " + request->name() + "!");
    return grpc::Status::OK;
  }
};

// Lets everybody look, and lets only Ada change something.
grpc::Status MayCall(const fusebox::AdminCall& call) {
  const auto& metadata = call.context.client_metadata();
  const auto word = metadata.find("x-operator");
  if (!call.changes || (word != metadata.end() && word->second == "Ada")) {
    return grpc::Status::OK;
  }
  return {grpc::StatusCode::PERMISSION_DENIED, "only Ada steers"};
}

// Does what an operator does, for example with `fusebox mode`.
grpc::Status ForceOpen(const std::shared_ptr<grpc::Channel>& channel,
                       const std::string& who) {
  grpc::ClientContext context;
  context.AddMetadata("x-operator", who);
  fusebox::v1::SetModeRequest request;
  request.mutable_filter()->set_method("*/Greet");
  request.set_mode(fusebox::v1::Policy::FORCED_OPEN);
  request.mutable_time_limit()->set_seconds(600);
  fusebox::v1::SetModeResponse response;
  const auto stub = fusebox::v1::BreakerAdmin::NewStub(channel);
  const grpc::Status status = stub->SetMode(&context, request, &response);
  std::cout << who << " forces it open: "
            << (status.ok() ? "OK" : status.error_message()) << "\n";
  return status;
}

void List(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  fusebox::v1::ListBreakersResponse response;
  fusebox::v1::BreakerAdmin::NewStub(channel)->ListBreakers(&context, {},
                                                            &response);
  for (const fusebox::v1::Breaker& breaker : response.breakers()) {
    std::cout << response.process().name() << ": " << breaker.name().method()
              << " is " << fusebox::v1::State_Name(breaker.state()) << ", "
              << fusebox::v1::Policy::Mode_Name(breaker.mode()) << "\n";
  }
}

int main() {
  auto registry = fusebox::Registry::Create();

  // This server exists in any case; the admin service is added to it.
  GreeterService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  fusebox::AdminOptions options;
  options.process_name = "greeter";
  options.read_only = false;  // the default is read-only
  options.authorize = MayCall;
  auto admin_service = fusebox::AddBreakerAdmin(&builder, registry, options);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();

  // This works without a server. Only the same user can connect to it.
  const std::string socket = std::filesystem::temp_directory_path().string() +
                             "/greeter-" + std::to_string(getpid()) +
                             "/fusebox.sock";
  auto admin = fusebox::AdminServer::Create(registry, "unix:" + socket);
  if (!admin.ok()) {
    std::cerr << admin.status() << "\n";
    return 1;
  }

  const std::string target = "127.0.0.1:" + std::to_string(port);
  const auto credentials = grpc::InsecureChannelCredentials();
  const auto greeter =
      Greeter::NewStub(fusebox::CreateChannel(target, credentials, registry));
  const auto greet = [&] {
    grpc::ClientContext context;
    GreetRequest request;
    GreetReply reply;
    request.set_name("Ada");
    const grpc::Status status = greeter->Greet(&context, request, &reply);
    std::cout << (status.ok()                    ? reply.greeting()
                  : fusebox::IsRejection(status) ? "rejected"
                                                 : status.error_message())
              << "\n";
  };

  greet();
  ForceOpen(grpc::CreateChannel((*admin)->address(), credentials), "Bob");
  const auto on_server = grpc::CreateChannel(target, credentials);
  ForceOpen(on_server, "Bob");
  ForceOpen(on_server, "Ada");
  List(on_server);
  greet();

  admin_service->EndWatches();  // otherwise Shutdown() waits for watchers
  server->Shutdown();
}
