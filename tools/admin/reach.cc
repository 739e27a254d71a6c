#include "tools/admin/reach.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "fusebox/base/text.h"
#include "tools/admin/metadata.h"
#include "tools/admin/small_file.h"

namespace fusebox::tool {
namespace {

constexpr char kCertificate[] = "CERTIFICATE";
constexpr char kPrivateKey[] = "PRIVATE KEY";

// An option, or the variable that stands in for it.
struct Setting {
  std::string place;  // "--ca", "FUSEBOX_CA"
  std::optional<std::string> value;
};

Setting Choose(const std::optional<std::string>& given, const char* option,
               const char* variable, const Environment& environment) {
  if (given) return {option, given};
  const char* const value = environment(variable);
  if (value == nullptr || *value == '\0') return {option, std::nullopt};
  return {variable, value};
}

absl::Status Wrong(const Setting& setting, const std::string& problem) {
  return absl::InvalidArgumentError(setting.place + ": " + problem);
}

// Returns whether the text has a PEM block of that kind ("EC PRIVATE KEY" is
// also a "PRIVATE KEY") whose body is base64.
bool HasPem(const std::string& text, const std::string& kind) {
  const std::string begin = "-----BEGIN ";
  const std::string dashes = "-----";
  for (size_t at = text.find(begin); at != std::string::npos;
       at = text.find(begin, at)) {
    at += begin.size();
    const std::string label = text.substr(at, text.find(dashes, at) - at);
    const size_t body = at + label.size() + dashes.size();
    at = text.find("-----END " + label + dashes, at);
    if (at == std::string::npos || at < body) return false;
    std::string bytes;
    if (absl::EndsWith(label, kind) &&
        absl::Base64Unescape(text.substr(body, at - body), &bytes)) {
      return true;
    }
  }
  return false;
}

// Reads a PEM file into `*pem`, if the setting has a value.
absl::Status ReadPem(const Setting& setting, const std::string& kind,
                     std::string* pem) {
  if (!setting.value) return absl::OkStatus();
  absl::StatusOr<std::string> text = ReadSmallFile(*setting.value);
  if (!text.ok()) {
    return absl::Status(text.status().code(),
                        setting.place + ": " + QuotedPath(*setting.value) +
                            " " + std::string(text.status().message()));
  }
  if (kind == kPrivateKey && absl::StrContains(*text, "ENCRYPTED")) {
    return Wrong(setting, QuotedPath(*setting.value) +
                              " must be a private key without a passphrase");
  }
  if (!HasPem(*text, kind)) {
    return Wrong(setting, QuotedPath(*setting.value) +
                              " must be a PEM file with a block that begins "
                              "with \"-----BEGIN " +
                              kind + "-----\"");
  }
  *pem = *std::move(text);
  return absl::OkStatus();
}

absl::Status CheckPair(const Setting& cert, const Setting& key) {
  if (cert.value && !key.value) {
    return Wrong(cert,
                 "needs the private key of the certificate too: give "
                 "--cert-key FILE or set FUSEBOX_CERT_KEY");
  }
  if (key.value && !cert.value) {
    return Wrong(key,
                 "needs the certificate of the private key too: give --cert "
                 "FILE or set FUSEBOX_CERT");
  }
  return absl::OkStatus();
}

absl::Status CheckServerName(const Setting& setting) {
  if (!setting.value) return absl::OkStatus();
  const std::string& name = *setting.value;
  const bool right = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("-._:").find(c) != std::string_view::npos;
  });
  if (right && !name.empty()) return absl::OkStatus();
  return Wrong(setting,
               "must be a name or an IP address, such as "
               "cart.internal, is " +
                   Quoted(name));
}

// Reads FUSEBOX_TLS. Returns nothing if it is not set.
absl::StatusOr<std::optional<bool>> TlsVariable(
    const Environment& environment) {
  const char* const variable = environment("FUSEBOX_TLS");
  const std::string_view value = variable == nullptr ? "" : variable;
  if (value.empty()) return std::optional<bool>();
  if (value == "1") return std::optional<bool>(true);
  if (value == "0") return std::optional<bool>(false);
  return absl::InvalidArgumentError("FUSEBOX_TLS: must be 1 or 0, is " +
                                    Quoted(value));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Reach>> ReadReach(
    const ReachOptions& options, const Environment& environment) {
  auto reach = std::make_shared<Reach>();
  absl::StatusOr<Metadata> metadata =
      ReadMetadata(options.headers, environment(kHeadersVariable));
  if (!metadata.ok()) return metadata.status();
  reach->metadata = *std::move(metadata);

  const bool implied =
      options.ca || options.cert || options.cert_key || options.server_name;
  std::optional<bool> tls = options.tls;
  if (implied && tls == false) {
    return absl::InvalidArgumentError(
        "--tls=false: --ca, --cert, --cert-key and --server-name need TLS");
  }
  if (!tls && !implied) {
    const absl::StatusOr<std::optional<bool>> variable =
        TlsVariable(environment);
    if (!variable.ok()) return variable.status();
    tls = *variable;
  }
  if (tls == false) return reach;
  const Setting ca = Choose(options.ca, "--ca", "FUSEBOX_CA", environment);
  const Setting cert =
      Choose(options.cert, "--cert", "FUSEBOX_CERT", environment);
  const Setting key =
      Choose(options.cert_key, "--cert-key", "FUSEBOX_CERT_KEY", environment);
  const Setting name = Choose(options.server_name, "--server-name",
                              "FUSEBOX_SERVER_NAME", environment);
  for (const absl::Status& status :
       {CheckPair(cert, key), CheckServerName(name),
        ReadPem(ca, kCertificate, &reach->roots),
        ReadPem(cert, kCertificate, &reach->certs),
        ReadPem(key, kPrivateKey, &reach->private_key)}) {
    if (!status.ok()) return status;
  }
  reach->ca = ca.value.value_or("");
  reach->server_name = name.value.value_or("");
  reach->tls = tls || ca.value || cert.value || name.value;
  return reach;
}

std::string ReachHint(const grpc::Status& status, const Reach& reach) {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return "";
  // OpenSSL and BoringSSL spell the same reason differently.
  std::string message = absl::AsciiStrToLower(status.error_message());
  std::replace(message.begin(), message.end(), '_', ' ');
  const auto says = [&](const char* what) {
    return absl::StrContains(message, what);
  };
  const bool is_closed =
      says("failed to connect") &&
      (says("socket closed") || says("connection reset") || says(" alert "));
  if (!reach.tls) {
    return is_closed ? "perhaps the process expects TLS: try --tls or --ca"
                     : "";
  }
  if (says("certificate verify failed")) {
    return "the certificate of the process is not valid now, or no root " +
           (reach.ca.empty() ? "of this system signed it; --ca names others"
                             : "in " + reach.ca + " signed it");
  }
  if (says("not in peer certificate")) {
    return "--server-name must be a name in the certificate of the process";
  }
  if (says("wrong version number")) {
    return "the process answered without TLS";
  }
  if (says("empty address list")) {
    return "the client certificate and its private key do not fit, or a "
           "certificate cannot be read";
  }
  if (!is_closed) return "";
  return reach.certs.empty()
             ? "perhaps the process expects a client certificate: --cert and "
               "--cert-key"
             : "perhaps the process refuses the client certificate";
}

}  // namespace fusebox::tool
