// address.h: where the admin service of a process is.
//
//   absl::StatusOr<std::vector<AdminAddress>> addresses =
//       AdminAddresses(options.admin, std::getenv(kAdminVariable));

#ifndef FUSEBOX_TOOLS_ADMIN_ADDRESS_H_
#define FUSEBOX_TOOLS_ADMIN_ADDRESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fusebox::tool {

// Where no --admin is given: addresses with commas between them.
inline constexpr char kAdminVariable[] = "FUSEBOX_ADMIN";

struct AdminAddress {
  std::string text;    // as it was written; people know the process by it
  std::string target;  // gRPC's name of it
};

// Reads "HOST:PORT" (a name, an IPv4 address or an IPv6 address in brackets;
// ports from 1) or "unix:PATH" (at most 107 bytes). Errors: INVALID_ARGUMENT
// that says what would be right.
absl::StatusOr<AdminAddress> ParseAddress(std::string_view text);

// Those that `given` says or, where it is empty, those of the `variable`'s
// value, which may be null. Each once, in their order. Errors: INVALID_ARGUMENT
// where one is wrong, or where there is none.
absl::StatusOr<std::vector<AdminAddress>> AdminAddresses(
    const std::vector<std::string>& given, const char* variable);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_ADDRESS_H_
