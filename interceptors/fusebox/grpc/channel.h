// channel.h: a channel whose RPCs are behind breakers. Start here.
//
//   auto registry = fusebox::Registry::Create().value();
//   auto channel = fusebox::CreateChannel(
//       "dns:///inventory:443", grpc::SslCredentials({}), {}, registry);
//   auto stub = shop::v1::Inventory::NewStub(channel);
//
// From then on every RPC of the channel has a breaker by its method. While the
// breaker is open its RPCs are answered at once with a status that rejection.h
// reads; the transport is not touched.

#ifndef FUSEBOX_GRPC_CHANNEL_H_
#define FUSEBOX_GRPC_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "fusebox/grpc/interceptor_options.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// As grpc::CreateCustomChannel(). Channels may share a registry; breakers are
// told apart by target and method, and by what the options add.
// REQUIRES: `registry` is not null.
std::shared_ptr<grpc::Channel> CreateChannel(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments, std::shared_ptr<Registry> registry,
    InterceptorOptions options = {});

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_CHANNEL_H_
