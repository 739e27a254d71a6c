#include "fusebox/grpc/channel.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/interceptor_options.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

std::shared_ptr<grpc::Channel> CreateChannel(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments, std::shared_ptr<Registry> registry,
    InterceptorOptions options) {
  if (options.target.empty()) options.target = target;
  std::vector<
      std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
      factories;
  factories.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
      std::move(registry), std::move(options)));
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      target, credentials, arguments, std::move(factories));
}

}  // namespace fusebox
