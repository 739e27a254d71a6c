#include "tools/admin/expand.h"

#include <arpa/inet.h>
#include <glob.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "tools/admin/address.h"
#include "tools/admin/small_file.h"

namespace fusebox::tool {
namespace {

bool Contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Returns the path of an address of a socket, or an empty string.
std::string PathOf(const AdminAddress& address) {
  return absl::StartsWith(address.text, kUnixScheme)
             ? address.text.substr(sizeof(kUnixScheme) - 1)
             : "";
}

bool IsIpv6(const std::string& address) {
  return absl::StrContains(address, ":");
}

bool IsLoopback(const std::string& address) {
  return address == "::1" || absl::StartsWith(address, "127.");
}

// Returns an address of a socket as text, or an empty string.
std::string Numeric(const sockaddr* address, socklen_t size) {
  char text[NI_MAXHOST] = {};
  const int error = getnameinfo(address, size, text, sizeof(text), nullptr, 0,
                                NI_NUMERICHOST);
  return error == 0 ? text : "";
}

// Returns the addresses of the interfaces of this machine.
std::vector<std::string> OwnAddresses() {
  std::vector<std::string> own;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return own;
  for (const ifaddrs* it = first; it != nullptr; it = it->ifa_next) {
    if (it->ifa_addr == nullptr) continue;
    const int family = it->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    own.push_back(Numeric(it->ifa_addr, family == AF_INET
                                            ? sizeof(sockaddr_in)
                                            : sizeof(sockaddr_in6)));
  }
  freeifaddrs(first);
  return own;
}

// Returns one address for each process of a host with these addresses, or at
// most one if the host is one process.
std::vector<std::string> OnePerProcess(
    const std::vector<std::string>& addresses) {
  if (std::all_of(addresses.begin(), addresses.end(), IsLoopback)) return {};
  const auto ipv6 = std::count_if(addresses.begin(), addresses.end(), IsIpv6);
  if (2 * static_cast<size_t>(ipv6) != addresses.size()) return addresses;
  std::vector<std::string> preferred;
  for (const std::string& address : addresses) {
    if (IsIpv6(address) == IsIpv6(addresses[0])) preferred.push_back(address);
  }
  return preferred;
}

// Returns the host, if it must be resolved to be known.
std::string HostNameOf(const std::string& text) {
  const std::string host = text.substr(0, text.rfind(':'));
  in_addr ipv4 = {};
  const bool is_number =
      host[0] == '[' || inet_pton(AF_INET, host.c_str(), &ipv4) == 1;
  return is_number ? "" : host;
}

// Returns the addresses of a host, or the address itself if it is one process.
std::vector<AdminAddress> ExpandHost(const AdminAddress& address,
                                     const Resolver& resolve) {
  const std::string host = HostNameOf(address.text);
  if (host.empty()) return {address};
  const std::vector<std::string> processes = OnePerProcess(resolve(host));
  if (processes.size() < 2) return {address};
  std::vector<AdminAddress> expanded;
  for (const std::string& process : processes) {
    AdminAddress& one = expanded.emplace_back(address);
    one.text += " (" + process + ")";
    one.authority = address.text;
    const std::string port = address.text.substr(host.size());
    // A scope such as "%eth0" is encoded, because this is a URI.
    one.target = IsIpv6(process)
                     ? "ipv6:[" + absl::StrReplaceAll(process, {{"%", "%25"}}) +
                           "]" + port
                     : "ipv4:" + process + port;
  }
  return expanded;
}

}  // namespace

std::vector<std::string> ResolveHost(const std::string& host) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0) return {};
  std::vector<std::string> addresses;
  for (const addrinfo* it = first; it != nullptr; it = it->ai_next) {
    const std::string address = Numeric(it->ai_addr, it->ai_addrlen);
    if (!address.empty() && !Contains(addresses, address)) {
      addresses.push_back(address);
    }
  }
  freeaddrinfo(first);
  const std::vector<std::string> own = OwnAddresses();
  const bool is_own = std::all_of(
      addresses.begin(), addresses.end(), [&](const std::string& address) {
        return IsLoopback(address) || Contains(own, address);
      });
  if (is_own && addresses.size() > 1) addresses.resize(1);
  return addresses;
}

absl::StatusOr<std::vector<AdminAddress>> Expand(
    const std::vector<AdminAddress>& addresses, const Resolver& resolve) {
  std::vector<AdminAddress> expanded;
  for (const AdminAddress& address : addresses) {
    std::vector<AdminAddress> processes = {address};
    if (IsPattern(address)) {
      processes = FindSockets(address);
    } else if (PathOf(address).empty()) {
      processes = ExpandHost(address, resolve);
    }
    if (processes.empty()) {
      return absl::InvalidArgumentError("the address " +
                                        QuotedPath(address.text) +
                                        " is a pattern that matches no socket");
    }
    for (AdminAddress& process : processes) {
      const bool is_new = std::none_of(expanded.begin(), expanded.end(),
                                       [&](const AdminAddress& other) {
                                         return other.text == process.text;
                                       });
      if (is_new) expanded.push_back(std::move(process));
    }
  }
  return expanded;
}

bool IsPattern(const AdminAddress& address) {
  struct stat file = {};
  const std::string path = PathOf(address);
  return path.find_first_of("*?[") != std::string::npos &&
         lstat(path.c_str(), &file) != 0;
}

std::vector<AdminAddress> FindSockets(const AdminAddress& pattern) {
  std::vector<AdminAddress> sockets;
  glob_t found = {};
  if (glob(PathOf(pattern).c_str(), 0, nullptr, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      struct stat file = {};
      if (stat(found.gl_pathv[i], &file) != 0 || !S_ISSOCK(file.st_mode)) {
        continue;
      }
      absl::StatusOr<AdminAddress> socket =
          ParseAddress(kUnixScheme + std::string(found.gl_pathv[i]));
      if (!socket.ok()) continue;
      socket->reach = pattern.reach;
      sockets.push_back(*std::move(socket));
    }
  }
  globfree(&found);
  return sockets;
}

}  // namespace fusebox::tool
