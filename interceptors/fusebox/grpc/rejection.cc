#include "fusebox/grpc/rejection.h"

#include <grpcpp/support/status.h>

#include <array>
#include <cstddef>
#include <memory>
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

namespace internal {
namespace {

// The parts of a rejection's status that are the same for all calls which one
// opening rejects for one reason. To make them takes longer than the rest.
class Template {
 public:
  Template(const BreakerName& method, absl::StatusCode code,
           const Rejection& rejection)
      : method_(method),
        code_(code),
        rejection_(rejection),
        head_(RejectionHead(method.method, rejection)) {
    const std::string reason(Name(rejection.reason));
    detail_ =
        EncodeDetail({std::string(kReasonPrefix) + reason,
                      std::string(kDomain),
                      {{"method", method.method},
                       {"target", method.target},
                       {"state", std::string(Name(rejection.state))},
                       {"reason", reason},
                       {"cause", std::string(Name(rejection.cause.reason))},
                       {"nonce", Nonce()}}});
  }

  // Returns whether the statuses differ at most in the time to wait.
  bool Fits(const BreakerName& method, absl::StatusCode code,
            const Rejection& rejection) const {
    const Cause& a = rejection_.cause;
    const Cause& b = rejection.cause;
    return rejection_.reason == rejection.reason &&
           rejection_.state == rejection.state && code_ == code &&
           a.reason == b.reason && a.failures == b.failures &&
           a.last_duration == b.last_duration && a.calls == b.calls &&
           a.slow_calls == b.slow_calls && method_.method == method.method &&
           method_.target == method.target;
  }

  grpc::Status Fill(const Rejection& rejection) const {
    const std::string message = head_ + RejectionTail(rejection);
    const auto code = static_cast<grpc::StatusCode>(code_);
    return grpc::Status(
        code, message,
        EncodeRpcStatus(code, message, detail_, rejection.retry_after));
  }

 private:
  const BreakerName method_;
  const absl::StatusCode code_;
  const Rejection rejection_;
  const std::string head_;
  std::string detail_;
};

// The templates that this thread used last.
class Templates {
 public:
  const Template& Find(const BreakerName& method, absl::StatusCode code,
                       const Rejection& rejection) {
    for (const auto& kept : kept_) {
      if (kept != nullptr && kept->Fits(method, code, rejection)) return *kept;
    }
    std::unique_ptr<const Template>& place = kept_[next_];
    next_ = (next_ + 1) % kept_.size();
    place = std::make_unique<const Template>(method, code, rejection);
    return *place;
  }

 private:
  static constexpr size_t kKept = 8;
  std::array<std::unique_ptr<const Template>, kKept> kept_;
  size_t next_ = 0;
};

// Calls may be rejected while a thread destroys its objects.
thread_local bool templates_are_gone = false;
struct OwnTemplates : Templates {
  ~OwnTemplates() { templates_are_gone = true; }
};

}  // namespace

grpc::Status MakeRejectionStatus(const BreakerName& method,
                                 absl::StatusCode code,
                                 const Rejection& rejection) {
  if (templates_are_gone) {
    return Template(method, code, rejection).Fill(rejection);
  }
  thread_local OwnTemplates templates;
  return templates.Find(method, code, rejection).Fill(rejection);
}

}  // namespace internal

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
