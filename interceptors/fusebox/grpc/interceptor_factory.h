// interceptor_factory.h: attaches circuit breakers to a channel that you create
// yourself.
//
//   std::vector<
//       std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
//       factories;
//   factories.push_back(
//       std::make_unique<fusebox::CircuitBreakerInterceptorFactory>(registry));
//   auto channel = grpc::experimental::CreateCustomChannelWithInterceptors(
//       target, credentials, arguments, std::move(factories));
//
// CreateChannel() in channel.h does this for you. Put the factory last.
// Interceptors after it do not see rejected calls, and the breaker counts their
// answers as the backend's.

#ifndef FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_
#define FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>

#include <memory>
#include <string>
#include <utility>

#include "fusebox/base/internal/export.h"
#include "fusebox/grpc/interceptor_options.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Serves one channel, which may be in-process. It serves every channel of the
// process if it is registered with
// grpc::experimental::RegisterGlobalClientInterceptorFactory(). Thread-safe.
class FUSEBOX_EXPORT CircuitBreakerInterceptorFactory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  // REQUIRES: `registry` is not null.
  CircuitBreakerInterceptorFactory(std::shared_ptr<Registry> registry,
                                   InterceptorOptions options);

  // Sets only the target of the options.
  explicit CircuitBreakerInterceptorFactory(std::shared_ptr<Registry> registry,
                                            std::string target = "")
      : CircuitBreakerInterceptorFactory(std::move(registry),
                                         OnlyTarget(std::move(target))) {}

  // Never returns null, because gRPC would crash. Takes no permit, because gRPC
  // also creates interceptors for calls that never start.
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* info) override;

 private:
  static InterceptorOptions OnlyTarget(std::string target) {
    InterceptorOptions options;
    options.target = std::move(target);
    return options;
  }

  // A call keeps its channel alive, the channel keeps this factory, and the
  // factory keeps the breakers to which the call's interceptor points.
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
