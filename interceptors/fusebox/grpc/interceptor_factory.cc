#include "fusebox/grpc/interceptor_factory.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>

#include "fusebox/grpc/call_interceptor.h"
#include "fusebox/grpc/channel_link.h"
#include "fusebox/registry/method_breaker.h"
#include "fusebox/registry/registry.h"

namespace fusebox {
namespace {

// For RPCs that are never broken.
class PassThrough final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* batch) override {
    // A cancellation is only an announcement: gRPC ignores Proceed() then.
    batch->Proceed();
  }
};

}  // namespace

grpc::experimental::Interceptor*
CircuitBreakerInterceptorFactory::CreateClientInterceptor(
    grpc::experimental::ClientRpcInfo* info) {
  MethodBreaker* const breaker = registry_->Find(target_, info->method());
  if (breaker == nullptr) return new PassThrough;
  return new CallInterceptor(
      *breaker, registry_->clock(), info->type(),
      info->client_context()->deadline(),
      ChannelLink(&nudger_, {info->channel(), info->client_context()}));
}

}  // namespace fusebox
