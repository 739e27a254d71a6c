// classifier.h: lets your own code decide what counts as a failure.
//
//   fusebox::InterceptorOptions options;
//   options.classifier = [](const fusebox::FinishedCall& call)
//       -> std::optional<fusebox::Outcome> {
//     if (call.trailers.count("shard-moved") != 0) {
//       return fusebox::Outcome::kIgnored;
//     }
//     return std::nullopt;  // the default outcome
//   };
//
// If the status code alone decides, use failure_codes and ignored_codes of the
// config instead. The default outcome is the first of these that applies:
//   failure   The status is OK, but the single reply is missing.
//   ignored   The application cancelled the call, and it ended with CANCELLED.
//   ignored   The call ended with DEADLINE_EXCEEDED, and had no time left when
//             it started, or less than the policy's min_deadline.
//   ignored   This process made a RESOURCE_EXHAUSTED or UNAUTHENTICATED: a
//             message exceeds the channel's limits, or credentials may not be
//             sent.
//   ignored   Another Fusebox of this process rejected the call.
//   ignored   The policy's lists of codes say failure, but the call is a stream
//             of replies that received none and ended at the policy's
//             idle_stream_age or later.
//   Otherwise the policy's lists of codes decide.

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

// Says who made the status. It is inferred from ClientContext::peer(), which
// names the server only after a server has answered. Therefore:
//  * It is `kUnknown` in-process, and if the channel's target looks like a peer
//    ("ipv4:10.0.0.1:443", "unix:/run/s").
//  * A proxy that answers is a server.
//  * In the callback API, a stream that writes more than the channel's limit
//    may end as `kServer`, because its end passes through the transport. A
//    stream that the server resets before anything else may end as `kLocal`.
//  * It is `kUnknown` if the status comes first and the application never
//    receives the initial metadata.
enum class Origin : uint8_t {
  kUnknown,
  kLocal,   // this process: no connection, a deadline, a limit of the channel
  kServer,  // it came over the wire
};

// Describes a call that has ended. The views and references are valid only
// while the classifier runs.
struct FinishedCall {
  using Trailers = std::multimap<grpc::string_ref, grpc::string_ref>;

  std::string_view target;  // the breaker's; may be empty
  std::string_view method;  // "/shop.v1.Cart/Checkout"
  std::string_view key;     // see InterceptorOptions::key
  RpcType type = RpcType::kUnary;

  // The status and its code. A code outside 0..16, which some gRPC versions
  // pass on, is UNKNOWN here. If the code is OK and `reply_missing` is true,
  // the application sees an error.
  const grpc::Status& status;
  grpc::StatusCode code = grpc::StatusCode::OK;
  bool reply_missing = false;
  const Trailers& trailers;
  Origin origin = Origin::kUnknown;

  // The time from the call's first operation to its status. In the sync and
  // completion-queue APIs it ends when the application asks for the status.
  // `first_message` is the time to the first message received, for server- and
  // bidi-streaming calls.
  Duration duration{0};
  std::optional<Duration> first_message{};

  // The number of messages received so far. In the callback API the status may
  // arrive before the last messages do.
  uint64_t messages_received = 0;

  // Whether the application cancelled it (ClientContext::TryCancel()).
  bool cancelled = false;

  // The time from the call's start to its deadline: 0 if the deadline had
  // passed, absent if there was none.
  std::optional<Duration> budget{};

  // The default outcome.
  Outcome outcome = Outcome::kIgnored;
};

// Returns the outcome of a call, or nothing for the default outcome. Runs once
// per call, when the status arrives, also if that is OK. If newer gRPC delivers
// the status before the initial metadata, it runs when both have arrived, or at
// the latest when the ClientContext is destroyed. Does not run for calls that
// are rejected, are cancelled before their start, or never finish. If a
// stream's first message has already settled it, a failure counts as a broken
// stream.
//
// A classifier must be thread-safe and fast. It runs in the path of the call,
// on a thread of gRPC or of the application, and holds no lock. If it throws,
// the default outcome applies and Registry::callback_errors() grows by one.
using Classifier = std::function<std::optional<Outcome>(const FinishedCall&)>;

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_CLASSIFIER_H_
