// interceptor_factory.h: attaches breakers to the RPCs of a channel.
//
//   std::vector<
//       std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
//       creators;
//   creators.push_back(
//       std::make_unique<fusebox::CircuitBreakerInterceptorFactory>(registry));
//   auto channel = grpc::experimental::CreateCustomChannelWithInterceptors(
//       target, credentials, arguments, std::move(creators));
//
// channel.h does this for you. Put the factory last: interceptors after it see
// nothing of a rejected RPC, and what they answer is an outcome here.

#ifndef FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_
#define FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>

#include <memory>
#include <string>
#include <utility>

#include "fusebox/grpc/interceptor_options.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Serves one channel, an in-process channel, or, registered with
// grpc::experimental::RegisterGlobalClientInterceptorFactory, every channel of
// the process. Thread-safe.
class CircuitBreakerInterceptorFactory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  CircuitBreakerInterceptorFactory(std::shared_ptr<Registry> registry,
                                   InterceptorOptions options);

  // With nothing but a target.
  explicit CircuitBreakerInterceptorFactory(std::shared_ptr<Registry> registry,
                                            std::string target = "")
      : CircuitBreakerInterceptorFactory(std::move(registry),
                                         OnlyTarget(std::move(target))) {}

  // Never null (gRPC cannot live with that), and takes no permit: gRPC makes
  // interceptors for RPCs that never start.
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* info) override;

 private:
  static InterceptorOptions OnlyTarget(std::string target) {
    InterceptorOptions options;
    options.target = std::move(target);
    return options;
  }

  // An RPC keeps its channel alive, the channel this factory, and this factory
  // the breakers that the RPC's interceptor points to.
  const std::shared_ptr<Registry> registry_;
  const std::string target_;
  const KeyFunction key_;
  const std::unique_ptr<const internal::SafeClassifier>
      classifier_;  // null if none
  const std::shared_ptr<const internal::FallbackTable>
      fallbacks_;  // null if none
  internal::ChannelNudger nudger_;
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_
