// interceptor_options.h: the options of a channel that are set in code.
//
//   fusebox::InterceptorOptions options;
//   options.key = [](const fusebox::CallInfo&) { return current_tenant; };
//   auto channel = fusebox::CreateChannel(target, credentials, registry,
//                                         options);
//
// policy/config.h lists the options that a config file can set.

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

struct InterceptorOptions {
  // The target in the breakers' names. Channels with different targets have
  // different breakers for the same method. If it is empty, CreateChannel()
  // uses the channel's target.
  std::string target;

  // Decides the outcome of finished calls. If it is empty, the policy decides.
  Classifier classifier;

  // Gives calls of one method different breakers with the same policy. At most
  // Registry::Options::max_keyed_methods pairs of method and key have a breaker
  // of their own.
  KeyFunction key;

  // Answers rejected calls. Comes from Fallbacks::Build() (fallback.h); null
  // means no fallbacks. Several channels may share it.
  std::shared_ptr<const internal::FallbackTable> fallbacks;

  // Makes the channel reconnect before an opening ends
  // (internal/channel_link.h). If it is false, gRPC's own backoff decides,
  // which grows to two minutes.
  bool reconnect_nudges = true;
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_INTERCEPTOR_OPTIONS_H_
