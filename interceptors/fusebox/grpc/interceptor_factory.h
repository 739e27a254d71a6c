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

#include "fusebox/grpc/channel_access.h"
#include "fusebox/grpc/channel_link.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

struct ChannelOptions {
  // Whether rejections see to it that the channel reconnects in time
  // (channel_link.h). False leaves it to gRPC's own backoff, which grows to two
  // minutes.
  bool nudges = true;
};

// Serves one channel, an in-process channel, or, registered with
// grpc::experimental::RegisterGlobalClientInterceptorFactory, every channel of
// the process. Thread-safe.
class CircuitBreakerInterceptorFactory final
    : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  // `target` is part of the breakers' key: two channels to different backends
  // have different breakers for the same method.
  explicit CircuitBreakerInterceptorFactory(
      std::shared_ptr<Registry> registry, std::string target = "",
      const ChannelOptions& options = ChannelOptions())
      : registry_(std::move(registry)),
        target_(std::move(target)),
        nudger_(NewChannelAccess(), options.nudges) {}

  // Never null (gRPC cannot live with that), and takes no permit: gRPC makes
  // interceptors for RPCs that never start.
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* info) override;

 private:
  // An RPC keeps its channel alive, the channel this factory, and this factory
  // the breakers that the RPC's interceptor points to.
  const std::shared_ptr<Registry> registry_;
  const std::string target_;
  ChannelNudger nudger_;
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_INTERCEPTOR_FACTORY_H_
