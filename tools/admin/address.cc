#include "tools/admin/address.h"

#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "fusebox/base/text.h"

namespace fusebox::tool {
namespace {

constexpr std::string_view kUnix = kUnixScheme;
constexpr size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
constexpr std::string_view kIpv6Characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.%";

absl::Status Wrong(std::string_view text, const std::string& problem) {
  return absl::InvalidArgumentError("the address " + Quoted(text) + " " +
                                    problem);
}

// Encodes a path for a URI.
std::string PercentEncoded(std::string_view path) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : path) {
    if (c == '/' || kNameCharacters.find(c) != std::string_view::npos) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return text;
}

bool IsHost(std::string_view host) {
  std::string_view allowed = kNameCharacters;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    allowed = kIpv6Characters;
  }
  return !host.empty() &&
         host.find_first_not_of(allowed) == std::string_view::npos;
}

bool IsPort(std::string_view text) {
  int port = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() &&
         port >= 1 && port <= 65535;
}

}  // namespace

absl::StatusOr<AdminAddress> ParseAddress(std::string_view text) {
  if (text.substr(0, kUnix.size()) == kUnix) {
    const size_t path = text.size() - kUnix.size();
    if (path == 0) return Wrong(text, "must have a path after \"unix:\"");
    if (path > kMaxPathBytes) {
      return Wrong(text, "must have a path of at most " +
                             std::to_string(kMaxPathBytes) + " bytes, has " +
                             std::to_string(path));
    }
    return AdminAddress{
        std::string(text),
        std::string(kUnix) + PercentEncoded(text.substr(kUnix.size())), "",
        nullptr};
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !IsHost(text.substr(0, colon))) {
    return Wrong(text,
                 "must be HOST:PORT (an IPv6 address in brackets) or "
                 "unix:PATH");
  }
  if (!IsPort(text.substr(colon + 1))) {
    return Wrong(text, "must end in a port in [1, 65535]");
  }
  // gRPC refuses brackets in a URI. Without the scheme, it would take "dns:443"
  // for a URI.
  const std::string scheme = text.front() == '[' ? "" : "dns:///";
  return AdminAddress{std::string(text), scheme + std::string(text), "",
                      nullptr};
}

absl::StatusOr<std::vector<AdminAddress>> AdminAddresses(
    const std::vector<std::string>& given, const char* variable) {
  std::vector<std::string> texts = given;
  std::string where = "--admin: ";
  if (texts.empty() && variable != nullptr) {
    where = std::string(kAdminVariable) + ": ";
    for (const absl::string_view text : absl::StrSplit(variable, ',')) {
      texts.emplace_back(absl::StripAsciiWhitespace(text));
    }
    if (texts.back().empty()) texts.pop_back();
  }
  std::vector<AdminAddress> addresses;
  for (const std::string& text : texts) {
    absl::StatusOr<AdminAddress> address = ParseAddress(text);
    if (!address.ok()) {
      return absl::InvalidArgumentError(
          where + std::string(address.status().message()));
    }
    const bool is_new = std::none_of(
        addresses.begin(), addresses.end(),
        [&](const AdminAddress& other) { return other.text == text; });
    if (is_new) addresses.push_back(*std::move(address));
  }
  if (addresses.empty()) {
    return absl::InvalidArgumentError(
        std::string("no process is named. Give --admin HOST:PORT or --admin "
                    "unix:PATH, or set ") +
        kAdminVariable);
  }
  return addresses;
}

}  // namespace fusebox::tool
