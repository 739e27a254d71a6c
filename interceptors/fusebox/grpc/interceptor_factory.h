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
// CreateChannel() in channel.h does this for you, with the same options:
//
//   fusebox::InterceptorOptions options;
//   options.key = [](const fusebox::CallInfo&) { return current_tenant; };
//   auto channel = fusebox::CreateChannel(target, credentials, registry,
//                                         options);
//
// Put the factory last. Interceptors after it do not see rejected calls, and
// the breaker counts their answers as the backend's.

#ifndef FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_
#define FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/internal/export.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/internal/target.h"
#include "fusebox/registry/registry.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace fusebox {

namespace internal {
class FallbackTable;
}  // namespace internal

// A call that is about to start.
struct CallInfo {
  std::string_view target;  // the breaker's; may be empty
  std::string_view method;  // "/shop.v1.Cart/Checkout"
  RpcType type = RpcType::kUnary;

  // The application's context, for example to look it up in a table of its own.
  // gRPC does not let anybody read its metadata.
  const grpc::ClientContext* context = nullptr;
};

// Returns the key of the breaker that a call meets, so that a method has one
// circuit breaker per tenant or per shard. An empty key selects the breaker
// without a key. Runs on the thread that makes the call, while it makes it, so
// it may read a thread_local variable of the application. Must be thread-safe.
// If it throws, the key is empty and Registry::callback_errors() grows by one.
using KeyFunction = std::function<std::string(const CallInfo&)>;

// The options that are set in code, per channel. policy/config.h lists those
// that a config file can set, per method.
struct InterceptorOptions {
  // The target in the breakers' names. Channels with different targets have
  // different breakers for the same method. If it is empty, CreateChannel()
  // uses the channel's target.
  std::string target;

  // Decides the outcome of finished calls. If it is empty, the policy decides.
  Classifier classifier;

  // Gives calls of one method different breakers with the same policy.
  // Registry::Options::max_keyed_methods bounds how many of them there are.
  KeyFunction key;

  // Answers rejected calls. Comes from Fallbacks::Build() (fallback.h); null
  // means no fallbacks. Several channels may share it.
  std::shared_ptr<const internal::FallbackTable> fallbacks;

  // Makes the channel reconnect before an opening ends
  // (internal/channel_link.h). If it is false, gRPC's own backoff decides,
  // which grows to two minutes.
  bool reconnect_nudges = true;
};

// Serves one channel, which may be in-process. Its target's breakers live as
// long as it does, or as another channel to the same target (registry.h). It
// serves every channel of the process if it is registered with
// grpc::experimental::RegisterGlobalClientInterceptorFactory(). Thread-safe.
class FUSEBOX_EXPORT CircuitBreakerInterceptorFactory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  // REQUIRES: `registry` is not null.
  CircuitBreakerInterceptorFactory(const std::shared_ptr<Registry>& registry,
                                   InterceptorOptions options);

  // Sets only the target of the options.
  explicit CircuitBreakerInterceptorFactory(
      const std::shared_ptr<Registry>& registry, std::string target = "")
      : CircuitBreakerInterceptorFactory(registry,
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
  // factory keeps the target's breakers, to which the call's interceptor
  // points.
  Registry& registry_;  // which open_target_ keeps
  const std::string target_;
  const internal::OpenTarget open_target_;
  const KeyFunction key_;
  const std::unique_ptr<const internal::SafeClassifier>
      classifier_;  // null if none
  const std::shared_ptr<const internal::FallbackTable>
      fallbacks_;  // null if none
  internal::ChannelNudger nudger_;
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_
