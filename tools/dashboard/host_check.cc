#include "tools/dashboard/host_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cctype>
#include <cstddef>

namespace fusebox::tool {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

bool IsAddress(int family, const std::string& text) {
  in6_addr address;  // has room for an in_addr too
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
  name = Lower(name);
  return IsAddress(AF_INET, name) || name == "localhost" ||
         (!name.empty() && name == Lower(host));
}

std::string UrlOf(const std::string& host, int port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port) + "/";
}

}  // namespace fusebox::tool
