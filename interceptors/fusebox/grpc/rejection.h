// rejection.h: recognizes and reads the status of a rejected call.
//
//   grpc::Status status = stub->Checkout(&context, request, &reply);
//   if (fusebox::IsRejection(status)) {  // never left this process
//     auto wait = fusebox::GetRejection(status)->retry_after;
//   }
//
// The status has the policy's rejection_code, a message for people, and a
// google.rpc.Status as its error_details(), which contains
//   ErrorInfo  reason: "CIRCUIT_" and the rejection's reason; domain:
//   "fusebox";
//              metadata: method, target, state, reason, cause, nonce
//   RetryInfo  the rest of the opening, if it is known.
// The call also has the trailer `fusebox-rejection: <reason>`. The functions
// below read the details and never the message.

#ifndef FUSEBOX_GRPC_REJECTION_H_
#define FUSEBOX_GRPC_REJECTION_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"

namespace fusebox {

// The key of the trailer. Its value is the reason's name.
inline constexpr char kRejectionTrailer[] = "fusebox-rejection";

// The content of a rejection's status.
struct RejectionInfo {
  RejectionReason reason = RejectionReason::kOpen;
  State state = State::kOpen;
  std::string method;  // "/shop.v1.Cart/Checkout"
  std::string target;  // the channel's; may be empty

  // See Rejection::retry_after.
  std::optional<Duration> retry_after;

  // True if a breaker of this process rejected the call. It is false if a
  // server passed on the status of a call of its own that its breaker had
  // rejected.
  bool local = false;
};

// Returns true if a breaker of this process rejected the call. The call never
// reached the transport, so it is safe to send it elsewhere.
FUSEBOX_EXPORT bool IsRejection(const grpc::Status& status);

// Returns the content of a rejection, whether this process made it or a server
// passed it on. Returns nothing if `status` is not a rejection.
FUSEBOX_EXPORT std::optional<RejectionInfo> GetRejection(
    const grpc::Status& status);

// The key of the trailer that a call gets if a fallback answered it
// (fallback.h). Its value is the kind's name.
inline constexpr char kFallbackTrailer[] = "fusebox-fallback";

// What answered a rejected call.
enum class FallbackKind : uint8_t {
  kHandler,  // "handler": a function of yours
  kStale,    // "stale": an earlier response to an equal request
};

// Returns the name of a kind. It points to the same characters each time, so
// that GetFallback() can tell a trailer of this process from one that a server
// sent.
FUSEBOX_EXPORT std::string_view Name(FallbackKind kind);

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_REJECTION_H_
