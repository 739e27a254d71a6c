// rejection.h: a rejection as a gRPC status.
//
//   grpc::Status status = stub->Checkout(&context, request, &reply);
//   if (fusebox::IsRejection(status)) {  // never left this process
//     auto wait = fusebox::GetRejection(status)->retry_after;
//   }
//
// The status has the policy's rejection_code, a message for people, and as
// error_details() a google.rpc.Status with
//   ErrorInfo  reason "CIRCUIT_" + the rejection's reason, domain "fusebox",
//              metadata: method, target, state, reason, cause, nonce
//   RetryInfo  what is left of the opening, where that is known
// and the RPC has the trailer `fusebox-rejection: <reason>`. What is read back
// is the details, never the text.

#ifndef FUSEBOX_GRPC_REJECTION_H_
#define FUSEBOX_GRPC_REJECTION_H_

#include <grpcpp/support/status.h>

#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {

// The trailer's key; its value is the reason's name.
inline constexpr char kRejectionTrailer[] = "fusebox-rejection";

// What a rejection's status says.
struct RejectionInfo {
  RejectionReason reason = RejectionReason::kOpen;
  State state = State::kOpen;
  std::string method;  // "/shop.v1.Cart/Checkout"
  std::string target;  // the channel's; may be empty

  // See Rejection::retry_after.
  std::optional<Duration> retry_after;

  // Whether it was made in this process. A server that passes on the status of
  // its own outgoing call hands on a rejection of its own breaker.
  bool local = false;
};

// Whether `status` is a rejection by a breaker of this process: the RPC never
// reached the transport, so it is safe to send it elsewhere.
bool IsRejection(const grpc::Status& status);

// What the rejection says, made here or passed on by a server; nothing if
// `status` is not one.
std::optional<RejectionInfo> GetRejection(const grpc::Status& status);

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_REJECTION_H_
