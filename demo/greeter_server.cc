#include "demo/greeter_server.h"

#include <grpc/grpc.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <iostream>
#include <memory>
#include <string>

#include "examples/quickstart/greeter.grpc.pb.h"

namespace outage {
namespace {

class GreeterService final : public fusebox::example::Greeter::Service {
 public:
  grpc::Status Greet(grpc::ServerContext*,
                     const fusebox::example::GreetRequest* request,
                     fusebox::example::GreetReply* reply) override {
    reply->set_greeting("Hello, " + request->name() + "!");
    return grpc::Status::OK;
  }
};

}  // namespace

int Serve(int port) {
  GreeterService service;
  int bound_port = 0;
  grpc::ServerBuilder builder;
  // Prevents another process from listening on the same port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port),
                           grpc::InsecureServerCredentials(), &bound_port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || bound_port == 0) {
    std::cerr << "outage: the server cannot listen on port " << port << "\n";
    return 1;
  }
  std::cout << "ready " << bound_port << std::endl;
  server->Wait();
  return 0;
}

}  // namespace outage
