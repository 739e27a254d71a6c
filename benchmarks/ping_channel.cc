#include "benchmarks/ping_channel.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <utility>
#include <vector>

#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

class NoOp final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    batch->Proceed();
  }
};

class NoOpFactory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new NoOp;
  }
};

template <typename Factory>
PingServer::Stub Connect(grpc::Server& server,
                         std::unique_ptr<Factory> factory) {
  std::vector<
      std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
      factories;
  factories.push_back(std::move(factory));
  return benchmarks::Ping::NewStub(
      server.experimental().InProcessChannelWithInterceptors(
          grpc::ChannelArguments(), std::move(factories)));
}

}  // namespace

class PingServer::Service final : public benchmarks::Ping::Service {
  grpc::Status Ping(grpc::ServerContext*, const benchmarks::Nothing*,
                    benchmarks::Nothing*) override {
    return grpc::Status::OK;
  }
};

PingServer::PingServer() : service_(std::make_unique<Service>()) {
  grpc::ServerBuilder builder;
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
}

PingServer::~PingServer() { server_->Shutdown(); }

PingServer::Stub PingServer::WithoutInterceptors() {
  return benchmarks::Ping::NewStub(
      server_->InProcessChannel(grpc::ChannelArguments()));
}

PingServer::Stub PingServer::WithNoOpInterceptor() {
  return Connect(*server_, std::make_unique<NoOpFactory>());
}

PingServer::Stub PingServer::WithFusebox(std::shared_ptr<Registry> registry) {
  return Connect(*server_, std::make_unique<CircuitBreakerInterceptorFactory>(
                               std::move(registry)));
}

}  // namespace fusebox
