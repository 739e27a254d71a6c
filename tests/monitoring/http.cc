#include "tests/monitoring/http.h"

#include <array>
#include <cctype>
#include <cstdio>
#include <map>
#include <regex>
#include <string>

#include "fusebox/testing/socket.h"

namespace fusebox {
namespace {

std::string Encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      encoded += c;
    } else {
      std::array<char, 4> hex{};
      std::snprintf(hex.data(), hex.size(), "%%%02X", byte);
      encoded += hex.data();
    }
  }
  return encoded;
}

}  // namespace

std::string HttpGet(uint16_t port, const std::string& path,
                    const std::map<std::string, std::string>& query) {
  Socket socket = Socket::Connect(port);
  std::string request = "GET " + path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    request += separator + name + "=" + Encoded(value);
    separator = '&';
  }
  if (!socket.Write(
          request +
          " HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
    return "";
  }
  std::string answer;
  for (std::string some; socket.ReadSome(&some);) answer += some;
  const size_t body = answer.find("\r\n\r\n");
  static const std::regex ok("HTTP/1\\.[01] 200 ");
  if (body == std::string::npos ||
      !std::regex_search(answer, ok, std::regex_constants::match_continuous)) {
    return "";
  }
  return answer.substr(body + 4);
}

}  // namespace fusebox
