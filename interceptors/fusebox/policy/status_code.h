// status_code.h: the canonical status codes and their names.
//
// Source: google/rpc/code.proto; absl::StatusCode and grpc::StatusCode have the
// same numbers.

#ifndef FUSEBOX_POLICY_STATUS_CODE_H_
#define FUSEBOX_POLICY_STATUS_CODE_H_

#include <string_view>

#include "absl/status/status.h"
#include "fusebox/base/internal/export.h"

namespace fusebox {

// Codes are in [0, kStatusCodeCount).
inline constexpr int kStatusCodeCount = 17;

// The code itself, or UNKNOWN for a number outside 0..16 (a server can send
// any): gRPC's rule for codes that it does not know.
FUSEBOX_EXPORT absl::StatusCode CanonicalCode(int code);

// "UNAVAILABLE"; "UNKNOWN" for a number outside 0..16.
FUSEBOX_EXPORT std::string_view StatusCodeName(int code);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_STATUS_CODE_H_
