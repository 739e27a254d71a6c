#include "tools/dashboard/host_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>

#include "absl/strings/match.h"

namespace fusebox::tool {
namespace {

bool IsAddress(int family, const std::string& text) {
  in6_addr address;  // also has room for an in_addr
  return inet_pton(family, text.c_str(), &address) == 1;
}

}  // namespace

bool IsOurs(const std::string& host_header, const std::string& host) {
  std::string name = host_header;
  const size_t colon = name.rfind(':');
  const size_t bracket = name.rfind(']');
  if (colon != std::string::npos &&
      (bracket == std::string::npos || colon > bracket)) {
    if (name.find_first_not_of("0123456789", colon + 1) != std::string::npos) {
      return false;
    }
    name.resize(colon);
  }
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    return IsAddress(AF_INET6, name.substr(1, name.size() - 2));
  }
  return IsAddress(AF_INET, name) ||
         absl::EqualsIgnoreCase(name, "localhost") ||
         (!name.empty() && absl::EqualsIgnoreCase(name, host));
}

std::string UrlOf(const std::string& host, int port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port) + "/";
}

}  // namespace fusebox::tool
