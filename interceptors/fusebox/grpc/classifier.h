// classifier.h: what a finished call comes to, decided by code of your own.
//
//   fusebox::InterceptorOptions options;
//   options.classifier = [](const fusebox::FinishedCall& call)
//       -> std::optional<fusebox::Outcome> {
//     if (call.trailers.count("shard-moved") != 0) {
//       return fusebox::Outcome::kIgnored;
//     }
//     return std::nullopt;  // as without a classifier
//   };
//
// Codes alone are better said in the config (failure_codes, ignored_codes).
// By default, in this order:
//   failure   OK without its single reply
//   ignored   CANCELLED after the application cancelled
//   ignored   DEADLINE_EXCEEDED of a call that had no time at its start, or
//             less than the policy's min_deadline
//   ignored   RESOURCE_EXHAUSTED and UNAUTHENTICATED that were made locally: a
//             message beyond the channel's limits, credentials that may not be
//             sent
//   ignored   a rejection by another Fusebox of this process
//   then what the policy's code lists say

#ifndef FUSEBOX_GRPC_CLASSIFIER_H_
#define FUSEBOX_GRPC_CLASSIFIER_H_

#include <grpcpp/support/status.h>
#include <grpcpp/support/string_ref.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {

enum class RpcType : uint8_t {
  kUnary,
  kClientStreaming,
  kServerStreaming,
  kBidiStreaming,  // also every streaming call of a generic stub
};

// Who made the status. Inferred from ClientContext::peer(), which names the
// server only once a server has answered:
//  * `kUnknown` where the channel's target is spelled like a peer
//    ("ipv4:10.0.0.1:443", "unix:/run/s"), and in-process.
//  * A proxy that answers is a server.
//  * In the callback API a stream that writes more than the channel's limit may
//    end as `kServer`: its end passes through the transport. One that the
//    server resets before anything else may end as `kLocal`.
enum class Origin : uint8_t {
  kUnknown,
  kLocal,   // this process: no connection, a deadline, a limit of the channel
  kServer,  // it came over the wire
};

// A call that is over. Views and references are good for the classifier's call
// only.
struct FinishedCall {
  using Trailers = std::multimap<grpc::string_ref, grpc::string_ref>;

  std::string_view target;  // as the breaker's; may be empty
  std::string_view method;  // "/shop.v1.Cart/Checkout"
  std::string_view key;     // see InterceptorOptions::key
  RpcType type = RpcType::kUnary;

  // The status, and its code; one outside 0..16 (some gRPC versions hand it on)
  // is UNKNOWN here. OK with `reply_missing` is an error to the application.
  const grpc::Status& status;
  grpc::StatusCode code = grpc::StatusCode::OK;
  bool reply_missing = false;
  const Trailers& trailers;
  Origin origin = Origin::kUnknown;

  // From its first operation to its status (in the sync and completion queue
  // APIs: to when the application asks for it), and, of server- and
  // bidi-streaming calls, to the first message received.
  Duration duration{0};
  std::optional<Duration> first_message{};

  // Messages received so far. In the callback API the status may be told before
  // the last ones are.
  uint64_t messages_received = 0;

  // Whether the application cancelled it (ClientContext::TryCancel()).
  bool cancelled = false;

  // How long it had from its start to its deadline: 0 if that had passed,
  // absent if it had none.
  std::optional<Duration> budget{};

  // What it is by default.
  Outcome outcome = Outcome::kIgnored;
};

// Decides what a call is; nothing for the default. Asked once, when the status
// comes, OK included; not for calls that are rejected, cancelled before their
// start, or never finished. A stream that its first message settled is asked
// about too: a failure then is a broken stream.
//
// Must be thread-safe and quick: it runs in the path of the call, on gRPC's
// thread or the application's, with no lock held. An exception counts as
// "nothing", and in Registry::callback_errors().
using Classifier = std::function<std::optional<Outcome>(const FinishedCall&)>;

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_CLASSIFIER_H_
