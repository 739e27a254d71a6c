#include "fusebox/policy/status_code.h"

#include <array>
#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace fusebox {
namespace {

constexpr std::array<std::string_view, kStatusCodeCount> kNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

}  // namespace

absl::StatusCode CanonicalCode(int code) {
  return code < 0 || code >= kStatusCodeCount
             ? absl::StatusCode::kUnknown
             : static_cast<absl::StatusCode>(code);
}

std::string_view StatusCodeName(int code) {
  return kNames[static_cast<size_t>(CanonicalCode(code))];
}

}  // namespace fusebox
