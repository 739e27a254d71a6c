#include "fusebox/grpc/rejection.h"

#include <grpcpp/support/status.h>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/internal/rejection_status.h"
#include "fusebox/grpc/internal/rpc_status.h"
#include "fusebox/policy/rejection_text.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox {

using internal::DecodeRpcStatus;
using internal::EncodeRpcStatus;
using internal::ErrorInfo;
using internal::RpcStatus;

namespace {

constexpr std::string_view kDomain = "fusebox";
constexpr std::string_view kReasonPrefix = "CIRCUIT_";

// Returns 128 random bits, which distinguish this process's rejections from
// those of other processes.
const std::string& Nonce() {
  static const std::string* const nonce = [] {
    constexpr char kHex[] = "0123456789abcdef";
    std::random_device random;
    auto* text = new std::string;
    for (int i = 0; i < 4; ++i) {
      for (unsigned bits = random(), j = 0; j < 8; ++j, bits >>= 4) {
        text->push_back(kHex[bits & 0xf]);
      }
    }
    return text;
  }();
  return *nonce;
}

// Returns the enumerator with this name among the first `count`.
template <typename Enum>
std::optional<Enum> Parse(std::string_view name, int count) {
  for (int i = 0; i < count; ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

grpc::Status internal::MakeRejectionStatus(const BreakerName& method,
                                           absl::StatusCode code,
                                           const Rejection& rejection) {
  const std::string reason(Name(rejection.reason));
  RpcStatus details;
  details.code = static_cast<int>(code);
  details.message = DescribeRejection(method.method, rejection);
  details.error_info =
      ErrorInfo{std::string(kReasonPrefix) + reason,
                std::string(kDomain),
                {{"method", method.method},
                 {"target", method.target},
                 {"state", std::string(Name(rejection.state))},
                 {"reason", reason},
                 {"cause", std::string(Name(rejection.cause.reason))},
                 {"nonce", Nonce()}}};
  details.retry_delay = rejection.retry_after;
  return grpc::Status(static_cast<grpc::StatusCode>(details.code),
                      details.message, EncodeRpcStatus(details));
}

bool IsRejection(const grpc::Status& status) {
  const auto info = GetRejection(status);
  return info && info->local;
}

std::optional<RejectionInfo> GetRejection(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::OK) return std::nullopt;
  const std::string bytes = status.error_details();
  if (bytes.empty()) return std::nullopt;
  auto details = DecodeRpcStatus(bytes);
  if (!details || !details->error_info ||
      details->error_info->domain != kDomain) {
    return std::nullopt;
  }
  auto& metadata = details->error_info->metadata;
  const auto reason =
      Parse<RejectionReason>(metadata["reason"], kRejectionReasonCount);
  const auto state = Parse<State>(metadata["state"], kStateCount);
  if (!reason || !state) return std::nullopt;
  RejectionInfo info;
  info.reason = *reason;
  info.state = *state;
  info.method = metadata["method"];
  info.target = metadata["target"];
  info.retry_after = details->retry_delay;
  info.local = metadata["nonce"] == Nonce();
  return info;
}

std::string_view Name(FallbackKind kind) {
  static constexpr char kHandler[] = "handler";
  static constexpr char kStale[] = "stale";
  return kind == FallbackKind::kStale ? kStale : kHandler;
}

}  // namespace fusebox
