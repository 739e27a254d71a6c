// expand.h: finds the processes behind addresses: the sockets that match a
// pattern, and all addresses of a host name.
//
//   absl::StatusOr<std::vector<AdminAddress>> processes = Expand(addresses);

#ifndef FUSEBOX_TOOLS_ADMIN_EXPAND_H_
#define FUSEBOX_TOOLS_ADMIN_EXPAND_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/admin/address.h"

namespace fusebox::tool {

// Returns the numeric addresses of a host ("10.0.0.7", "fd00::7"), the best one
// first. Returns nothing if the host has none, or cannot be found.
using Resolver = std::function<std::vector<std::string>(const std::string&)>;

// Asks the system, and blocks until it answers. If all addresses are those of
// this machine, it returns only the first one.
std::vector<std::string> ResolveHost(const std::string& host);

// Replaces each address that stands for several processes by theirs, and leaves
// the others as they are:
//
// * "unix:/run/*/fusebox.sock" becomes the sockets that match it, sorted by
//   name. The pattern is that of glob(7). A path that exists is no pattern.
// * "cart.internal:9090" becomes "cart.internal:9090 (10.0.0.7)" and so on, if
//   the host has several addresses. An address of each family, or several of
//   this machine, are one process. If the host has as many IPv4 as IPv6
//   addresses, those of the family that `resolve` prefers count. TLS looks for
//   the host name in the certificates.
//
// A host that cannot be found stays: calls fail with what gRPC says about it.
// Returns each address once. Errors: INVALID_ARGUMENT if no socket matches a
// pattern.
absl::StatusOr<std::vector<AdminAddress>> Expand(
    const std::vector<AdminAddress>& addresses,
    const Resolver& resolve = ResolveHost);

// Returns whether the address is a pattern of sockets. A path that exists is no
// pattern.
bool IsPattern(const AdminAddress& address);

// Returns the sockets that match a pattern, sorted by name, except for those
// with too long a path. They are reached as the pattern says.
std::vector<AdminAddress> FindSockets(const AdminAddress& pattern);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_EXPAND_H_
