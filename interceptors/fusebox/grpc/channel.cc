#include "fusebox/grpc/channel.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::InterceptionHookPoints;

std::shared_ptr<grpc::Channel> Intercepted(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments,
    std::unique_ptr<ClientInterceptorFactoryInterface> factory) {
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> factories;
  factories.push_back(std::move(factory));
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      target, credentials, arguments, std::move(factories));
}

// Gives every call of a channel the same final status.
class FixedStatus final : public ClientInterceptorFactoryInterface {
 public:
  explicit FixedStatus(grpc::Status status) : status_(std::move(status)) {}

  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new Interceptor(status_);
  }

 private:
  class Interceptor final : public grpc::experimental::Interceptor {
   public:
    explicit Interceptor(const grpc::Status& status) : status_(status) {}

    void Intercept(
        grpc::experimental::InterceptorBatchMethods* batch) override {
      if (batch->QueryInterceptionHookPoint(
              InterceptionHookPoints::POST_RECV_STATUS)) {
        *batch->GetRecvStatus() = status_;
      }
      batch->Proceed();
    }

   private:
    const grpc::Status& status_;  // the factory's, which lives longer
  };

  const grpc::Status status_;
};

// Without credentials gRPC makes a channel whose calls fail without a network,
// with a message that says little.
std::shared_ptr<grpc::Channel> NoChannel(const std::string& why) {
  return Intercepted("", nullptr, grpc::ChannelArguments(),
                     std::make_unique<FixedStatus>(
                         grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                                      "fusebox::CreateChannel(): " + why)));
}

}  // namespace

std::shared_ptr<grpc::Channel> CreateChannel(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const std::shared_ptr<Registry>& registry, InterceptorOptions options) {
  return CreateCustomChannel(target, credentials, grpc::ChannelArguments(),
                             registry, std::move(options));
}

std::shared_ptr<grpc::Channel> CreateCustomChannel(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments,
    const std::shared_ptr<Registry>& registry, InterceptorOptions options) {
  if (registry == nullptr) return NoChannel("registry: must not be null");
  if (credentials == nullptr) return NoChannel("credentials: must not be null");
  if (options.target.empty()) options.target = target;
  auto channel = Intercepted(target, credentials, arguments,
                             std::make_unique<CircuitBreakerInterceptorFactory>(
                                 registry, std::move(options)));
  if (channel != nullptr) return channel;
  return NoChannel(
      "credentials: their class must override "
      "CreateChannelWithInterceptors()");
}

}  // namespace fusebox
