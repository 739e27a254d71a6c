// rejection_matcher.h: GoogleMock matchers for rejected calls.
//
//   EXPECT_THAT(status, fusebox::IsRejection());
//   EXPECT_THAT(status, fusebox::IsRejection(fusebox::RejectionReason::kOpen));
//
// Like the function fusebox::IsRejection(status), they match only a rejection
// by a breaker of this process. If they do not match, they explain the status.

#ifndef FUSEBOX_TESTING_REJECTION_MATCHER_H_
#define FUSEBOX_TESTING_REJECTION_MATCHER_H_

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>

#include <optional>
#include <ostream>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/rejection.h"

namespace fusebox {

namespace internal {

class FUSEBOX_EXPORT RejectionMatcher final
    : public testing::MatcherInterface<const grpc::Status&> {
 public:
  explicit RejectionMatcher(std::optional<RejectionReason> reason)
      : reason_(reason) {}

  bool MatchAndExplain(const grpc::Status& status,
                       testing::MatchResultListener* listener) const override {
    const auto rejection = GetRejection(status);
    *listener << "which is ";
    if (!rejection) {
      if (status.ok()) {
        *listener << "OK";
      } else {
        *listener << "no rejection but code " << int{status.error_code()}
                  << ", \"" << status.error_message() << "\"";
      }
      return false;
    }
    *listener << (rejection->local ? "a rejection"
                                   : "another process's rejection")
              << " of " << rejection->method << " because of "
              << rejection->reason;
    return rejection->local && (!reason_ || *reason_ == rejection->reason);
  }

  void DescribeTo(std::ostream* os) const override { Describe("is", os); }
  void DescribeNegationTo(std::ostream* os) const override {
    Describe("is not", os);
  }

 private:
  void Describe(const char* is, std::ostream* os) const {
    *os << is << " a rejection by a breaker of this process";
    if (reason_) *os << " because of " << *reason_;
  }

  const std::optional<RejectionReason> reason_;
};

}  // namespace internal

// Matches a rejection for any reason.
inline testing::Matcher<const grpc::Status&> IsRejection() {
  return testing::MakeMatcher(new internal::RejectionMatcher(std::nullopt));
}

// Matches a rejection for this reason.
inline testing::Matcher<const grpc::Status&> IsRejection(
    RejectionReason reason) {
  return testing::MakeMatcher(new internal::RejectionMatcher(reason));
}

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_REJECTION_MATCHER_H_
