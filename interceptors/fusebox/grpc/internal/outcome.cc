#include "fusebox/grpc/internal/outcome.h"

#include <grpcpp/support/status.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/rpc_status.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {
namespace {

constexpr char kPushbackTrailer[] = "grpc-retry-pushback-ms";
constexpr Duration kNone{0};

// The schemes of the addresses that transports report as peers.
constexpr std::string_view kAddressSchemes[] = {
    "ipv4:", "ipv6:", "unix:", "unix-abstract:", "vsock:"};
constexpr std::string_view kInProcess = "inproc";

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Accepts a single address. A target may list several.
bool IsAddress(std::string_view text) {
  return text.find(',') == std::string_view::npos &&
         std::any_of(
             std::begin(kAddressSchemes), std::end(kAddressSchemes),
             [=](std::string_view scheme) { return StartsWith(text, scheme); });
}

// Parses texts like "250" and "-1". Returns 0 if the text is not a number, is
// negative, or exceeds a Duration.
Duration ParseMilliseconds(std::string_view text) {
  constexpr int64_t kMax =
      std::chrono::duration_cast<std::chrono::milliseconds>(Duration::max())
          .count();
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop != end || error != std::errc() || number < 0 || number > kMax) {
    return kNone;
  }
  return std::chrono::milliseconds(number);
}

// Returns whether the call is a stream of replies that has received none and is
// at least `age` old. Returns false if `age` is 0.
bool IsIdle(const FinishedCall& call, Duration age) {
  return age > kNone && call.duration >= age && !call.first_message &&
         (call.type == RpcType::kServerStreaming ||
          call.type == RpcType::kBidiStreaming);
}

}  // namespace

bool DependsOnOrigin(grpc::StatusCode code) {
  return code == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         code == grpc::StatusCode::UNAUTHENTICATED;
}

Origin OriginOf(std::string_view at_start, std::string_view peer) {
  if (StartsWith(peer, kInProcess)) return Origin::kUnknown;
  if (!IsAddress(peer)) return Origin::kLocal;
  return peer == at_start ? Origin::kUnknown : Origin::kServer;
}

std::string_view AddressIn(std::string_view peer) {
  if (!IsAddress(peer)) return {};
  const bool is_ip = StartsWith(peer, "ipv4:") || StartsWith(peer, "ipv6:");
  return is_ip ? peer.substr(peer.find(':') + 1) : peer;
}

Outcome DefaultOutcome(const FinishedCall& call, const CodeClassifier& codes,
                       const Policy& policy) {
  switch (call.code) {
    case grpc::StatusCode::OK:
      if (call.reply_missing) return Outcome::kFailure;
      break;
    case grpc::StatusCode::CANCELLED:
      if (call.cancelled) return Outcome::kIgnored;
      break;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      if (call.budget &&
          (*call.budget <= kNone || *call.budget < policy.min_deadline)) {
        return Outcome::kIgnored;
      }
      break;
    default:
      if (DependsOnOrigin(call.code) && call.origin == Origin::kLocal) {
        return Outcome::kIgnored;
      }
  }
  if (IsRejection(call.status)) return Outcome::kIgnored;
  const Outcome outcome = codes.Classify(static_cast<int>(call.code));
  const bool ended_idle =
      outcome == Outcome::kFailure && IsIdle(call, policy.idle_stream_age);
  return ended_idle ? Outcome::kIgnored : outcome;
}

Duration PushbackOf(const grpc::Status& status,
                    const FinishedCall::Trailers& trailers) {
  Duration longest = kNone;
  const auto [begin, end] = trailers.equal_range(kPushbackTrailer);
  for (auto it = begin; it != end; ++it) {
    longest = std::max(
        longest, ParseMilliseconds({it->second.data(), it->second.size()}));
  }
  if (const std::string details = status.error_details(); !details.empty()) {
    const auto decoded = DecodeRpcStatus(details);
    if (decoded && decoded->retry_delay) {
      longest = std::max(longest, *decoded->retry_delay);
    }
  }
  return longest;
}

}  // namespace fusebox::internal
