// channel.h: channels with circuit breakers. Start here.
//
//   auto registry = fusebox::Registry::Create();
//   auto channel = fusebox::CreateChannel(
//       "dns:///inventory:443", grpc::SslCredentials({}), registry);
//   auto stub = shop::v1::Inventory::NewStub(channel);
//
// Each method that is called on the channel gets its own circuit breaker. While
// a breaker is open, calls of its method end at once with a status that
// rejection.h reads, and the transport is not touched.

#ifndef FUSEBOX_GRPC_CHANNEL_H_
#define FUSEBOX_GRPC_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "fusebox/base/internal/export.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Creates a channel to `target` whose calls go through the breakers of
// `registry`. Several channels may share a registry. Two of them share their
// breakers if they have the same target, or the same `options.target`.
//
// Never returns null. If there can be no such channel, it returns one whose
// calls all fail with INVALID_ARGUMENT and a message that says why:
//  * `credentials` or `registry` is null;
//  * `credentials` is of a class of your own that does not override
//    grpc::ChannelCredentials::CreateChannelWithInterceptors().
FUSEBOX_EXPORT std::shared_ptr<grpc::Channel> CreateChannel(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const std::shared_ptr<Registry>& registry, InterceptorOptions options = {});

// Does the same, and passes `arguments` to gRPC, as grpc::CreateCustomChannel()
// does.
FUSEBOX_EXPORT std::shared_ptr<grpc::Channel> CreateCustomChannel(
    const std::string& target,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials,
    const grpc::ChannelArguments& arguments,
    const std::shared_ptr<Registry>& registry, InterceptorOptions options = {});

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_CHANNEL_H_
