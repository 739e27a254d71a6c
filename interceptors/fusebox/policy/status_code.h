// status_code.h: the canonical status codes (google/rpc/code.proto) and their
// names. absl::StatusCode and grpc::StatusCode have the same numbers.

#ifndef FUSEBOX_POLICY_STATUS_CODE_H_
#define FUSEBOX_POLICY_STATUS_CODE_H_

#include <string_view>

#include "absl/status/status.h"
#include "fusebox/base/internal/export.h"

namespace fusebox {

// The number of codes, which are 0 to 16.
inline constexpr int kStatusCodeCount = 17;

// Returns the code with that number. A server can send any number; as in gRPC,
// one outside [0, 16] is UNKNOWN.
FUSEBOX_EXPORT absl::StatusCode CanonicalCode(int code);

// Returns "UNAVAILABLE" for 14. A number outside [0, 16] is "UNKNOWN".
FUSEBOX_EXPORT std::string_view StatusCodeName(int code);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_STATUS_CODE_H_
