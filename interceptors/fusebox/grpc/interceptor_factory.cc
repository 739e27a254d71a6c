#include "fusebox/grpc/interceptor_factory.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>

#include <memory>
#include <string>
#include <utility>

#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/call_interceptor.h"
#include "fusebox/grpc/internal/channel_access.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/fallback_table.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using internal::Binding;
using internal::CallInterceptor;
using internal::ChannelLink;
using internal::MethodUse;
using internal::NewChannelAccess;
using internal::RunUserCode;
using internal::SafeClassifier;

namespace {

// The interceptor of calls that have no breaker.
class PassThrough final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    // gRPC ignores Proceed() if the batch only announces a cancellation.
    batch->Proceed();
  }
};

using grpc::experimental::ClientRpcInfo;

RpcType TypeOf(ClientRpcInfo::Type type) {
  switch (type) {
    case ClientRpcInfo::Type::CLIENT_STREAMING:
      return RpcType::kClientStreaming;
    case ClientRpcInfo::Type::SERVER_STREAMING:
      return RpcType::kServerStreaming;
    case ClientRpcInfo::Type::BIDI_STREAMING:
      return RpcType::kBidiStreaming;
    default:
      return RpcType::kUnary;
  }
}

}  // namespace

CircuitBreakerInterceptorFactory::CircuitBreakerInterceptorFactory(
    const std::shared_ptr<Registry>& registry, InterceptorOptions options)
    : registry_(*registry),
      target_(std::move(options.target)),
      open_target_(registry->Open(target_)),
      key_(std::move(options.key)),
      classifier_(options.classifier
                      ? std::make_unique<const SafeClassifier>(
                            std::move(options.classifier), registry_)
                      : nullptr),
      fallbacks_(std::move(options.fallbacks)),
      nudger_(NewChannelAccess(), options.reconnect_nudges) {}

grpc::experimental::Interceptor*
CircuitBreakerInterceptorFactory::CreateClientInterceptor(ClientRpcInfo* info) {
  const RpcType type = TypeOf(info->type());
  grpc::ClientContext* const context = info->client_context();
  std::string key;
  if (key_) {
    key = RunUserCode(registry_, [&] {
      return key_(CallInfo{target_, info->method(), type, context});
    });
  }
  MethodUse method = open_target_.Find(info->method(), key);
  const Binding* const binding = method ? method->binding() : nullptr;
  if (binding == nullptr) return new PassThrough;
  return new CallInterceptor(
      std::move(method), *binding, registry_.clock(),
      {type, context->deadline()}, classifier_.get(),
      ChannelLink(&nudger_, {info->channel(), context}),
      fallbacks_ == nullptr ? nullptr : fallbacks_->ForCall(info, key));
}

}  // namespace fusebox
