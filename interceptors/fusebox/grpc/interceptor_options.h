// interceptor_options.h: what a channel's breakers are told in code.
//
//   fusebox::InterceptorOptions options;
//   options.key = [](const fusebox::CallInfo&) { return current_tenant; };
//   auto channel = fusebox::CreateChannel(target, credentials, registry,
//                                         options);
//
// What can be written in a config is in policy/config.h.

#ifndef FUSEBOX_GRPC_INTERCEPTOR_OPTIONS_H_
#define FUSEBOX_GRPC_INTERCEPTOR_OPTIONS_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "fusebox/grpc/classifier.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace fusebox {

namespace internal {
class FallbackTable;
}  // namespace internal

// A call that is about to start.
struct CallInfo {
  std::string_view target;  // as the breaker's; may be empty
  std::string_view method;  // "/shop.v1.Cart/Checkout"
  RpcType type = RpcType::kUnary;

  // The application's context, to look it up in a table of its own, say. gRPC
  // lets nobody read its metadata.
  const grpc::ClientContext* context = nullptr;
};

// Which of a method's breakers a call meets: a breaker a tenant, or a shard.
// Empty for the one without a key. Runs on the thread that makes the call,
// while it makes it, so a thread_local of the application's can say; must be
// thread-safe. An exception counts as an empty key, and in
// Registry::callback_errors().
using KeyFunction = std::function<std::string(const CallInfo&)>;

struct InterceptorOptions {
  // Part of the breakers' identity: two channels to different backends have
  // different breakers for the same method. CreateChannel() takes the channel's
  // target if this is empty.
  std::string target;

  // Decides what finished calls are. Without one the policy does (which costs
  // nothing).
  Classifier classifier;

  // Gives calls of one method different breakers, by its policy each. At most
  // Registry::Options::max_keyed_methods pairs of method and key have one of
  // their own.
  KeyFunction key;

  // Answers for rejected calls, from Fallbacks::Build() (fallback.h); null:
  // none. Several channels may have the same.
  std::shared_ptr<const internal::FallbackTable> fallbacks;

  // Whether rejections see to it that the channel reconnects in time
  // (channel_link.h). False leaves it to gRPC's own backoff, which grows to two
  // minutes.
  bool reconnect_nudges = true;
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_INTERCEPTOR_OPTIONS_H_
