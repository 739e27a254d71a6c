#include "fusebox/policy/code_classifier.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"

namespace fusebox {
namespace {

uint32_t Bit(absl::StatusCode code) {
  return uint32_t{1} << static_cast<int>(code);
}

uint32_t Bits(const std::vector<absl::StatusCode>& codes) {
  uint32_t bits = 0;
  for (const absl::StatusCode code : codes) bits |= Bit(code);
  return bits;
}

const uint32_t kDefaultFailures = Bit(absl::StatusCode::kUnavailable) |
                                  Bit(absl::StatusCode::kDeadlineExceeded) |
                                  Bit(absl::StatusCode::kInternal) |
                                  Bit(absl::StatusCode::kUnknown) |
                                  Bit(absl::StatusCode::kDataLoss) |
                                  Bit(absl::StatusCode::kResourceExhausted);
const uint32_t kDefaultIgnored = Bit(absl::StatusCode::kCancelled);

}  // namespace

CodeClassifier::CodeClassifier(const Policy& policy)
    : failures_(Bits(policy.failure_codes)),
      ignored_(Bits(policy.ignored_codes)) {
  const uint32_t given = failures_ | ignored_;
  if (policy.failure_codes.empty()) failures_ = kDefaultFailures & ~given;
  if (policy.ignored_codes.empty()) ignored_ = kDefaultIgnored & ~given;
}

Outcome CodeClassifier::Classify(int code) const {
  const uint32_t bit = Bit(CanonicalCode(code));
  if (failures_ & bit) return Outcome::kFailure;
  if (ignored_ & bit) return Outcome::kIgnored;
  return Outcome::kSuccess;
}

}  // namespace fusebox
