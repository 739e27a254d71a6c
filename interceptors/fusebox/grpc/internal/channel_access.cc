#include "fusebox/grpc/internal/channel_access.h"

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "fusebox/grpc/internal/channel_link.h"

namespace fusebox::internal {
namespace {

// gRPC logs an error if it is asked for the state of an in-process channel.
// Before its server has answered, an RPC's peer is its channel's target.
bool IsInProcess(const RpcChannel& channel) {
  return channel.context->peer() == "inproc";
}

class GrpcChannels final : public ChannelAccess {
 public:
  grpc_connectivity_state GetState(
      const RpcChannel& channel) noexcept override {
    return IsInProcess(channel) ? GRPC_CHANNEL_SHUTDOWN
                                : channel.channel->GetState(false);
  }

  std::string Peer(const RpcChannel& channel) override {
    return channel.context->peer();
  }

  // A ClientRpcInfo is made by grpc::Channel alone, about itself, also for an
  // RPC on the intercepted channel of another interceptor.
  void Reconnect(const RpcChannel& channel) noexcept override {
    if (IsInProcess(channel)) return;
    auto* const real = static_cast<grpc::Channel*>(channel.channel);
    grpc::experimental::ChannelResetConnectionBackoff(real);
    real->GetState(/*try_to_connect=*/true);
  }
};

}  // namespace

std::unique_ptr<ChannelAccess> NewChannelAccess() {
  return std::make_unique<GrpcChannels>();
}

}  // namespace fusebox::internal
