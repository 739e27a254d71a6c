// address.h: reads the addresses of the admin services of processes.
//
//   absl::StatusOr<std::vector<AdminAddress>> addresses =
//       AdminAddresses(options.admin, std::getenv(kAdminVariable));

#ifndef FUSEBOX_TOOLS_ADMIN_ADDRESS_H_
#define FUSEBOX_TOOLS_ADMIN_ADDRESS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/reach.h"

namespace fusebox::tool {

// The environment variable that holds addresses, separated by commas, for
// commands without --admin. Spaces around an address do not count.
inline constexpr char kAdminVariable[] = "FUSEBOX_ADMIN";

// How the address of a socket begins.
inline constexpr char kUnixScheme[] = "unix:";

struct AdminAddress {
  std::string text;    // as the user wrote it; names the process in output
  std::string target;  // the same address for gRPC

  // What the process is called in requests and in its certificate. Empty: the
  // name in `target`.
  std::string authority;

  // How to reach it. Null: without TLS and metadata.
  std::shared_ptr<const Reach> reach;
};

// Reads "HOST:PORT" or "unix:PATH". HOST is a name, an IPv4 address or an IPv6
// address in brackets. PORT is at least 1, and PATH has at most 107 bytes. Any
// other text is INVALID_ARGUMENT, with a message that says what would be right.
absl::StatusOr<AdminAddress> ParseAddress(std::string_view text);

// Reads the addresses in `given` or, if it is empty, in `variable`, which is
// the value of the environment variable or null. Returns each address once, in
// the given order. Errors: INVALID_ARGUMENT if an address is wrong or if there
// is none.
absl::StatusOr<std::vector<AdminAddress>> AdminAddresses(
    const std::vector<std::string>& given, const char* variable);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_ADDRESS_H_
