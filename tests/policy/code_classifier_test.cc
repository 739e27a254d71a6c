// code_classifier_test.cc: tests which status codes are failures.

#include "fusebox/policy/code_classifier.h"

#include <gtest/gtest.h>

#include <climits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"

namespace fusebox {
namespace {

using absl::StatusCode;

TEST(DefaultClasses, ClassifyEveryCode) {
  constexpr Outcome kSuccess = Outcome::kSuccess;
  constexpr Outcome kFailure = Outcome::kFailure;
  constexpr Outcome kExpected[kStatusCodeCount] = {
      kSuccess,           // OK
      Outcome::kIgnored,  // CANCELLED
      kFailure,           // UNKNOWN
      kSuccess,           // INVALID_ARGUMENT
      kFailure,           // DEADLINE_EXCEEDED
      kSuccess,           // NOT_FOUND
      kSuccess,           // ALREADY_EXISTS
      kSuccess,           // PERMISSION_DENIED
      kFailure,           // RESOURCE_EXHAUSTED
      kSuccess,           // FAILED_PRECONDITION
      kSuccess,           // ABORTED
      kSuccess,           // OUT_OF_RANGE
      kSuccess,           // UNIMPLEMENTED
      kFailure,           // INTERNAL
      kFailure,           // UNAVAILABLE
      kFailure,           // DATA_LOSS
      kSuccess,           // UNAUTHENTICATED
  };
  const CodeClassifier classifier;
  for (int code = 0; code < kStatusCodeCount; ++code) {
    EXPECT_EQ(classifier.Classify(code), kExpected[code])
        << StatusCodeName(code);
  }
}

TEST(DefaultClasses, TreatOtherNumbersAsUnknown) {
  for (const int code : {-1, 17, 32, 64, 999, INT_MAX, INT_MIN}) {
    EXPECT_EQ(CodeClassifier().Classify(code), Outcome::kFailure) << code;
  }
}

// A list that is given replaces its default. A list that is empty does not.
TEST(CodeLists, ReplaceTheirDefaults) {
  const struct {
    std::vector<StatusCode> failure_codes;
    std::vector<StatusCode> ignored_codes;
    std::vector<std::pair<StatusCode, Outcome>> outcomes;
  } cases[] = {
      {{StatusCode::kAborted, StatusCode::kNotFound},
       {},
       {{StatusCode::kAborted, Outcome::kFailure},
        {StatusCode::kNotFound, Outcome::kFailure},
        {StatusCode::kUnavailable, Outcome::kSuccess},
        {StatusCode::kCancelled, Outcome::kIgnored}}},
      {{},
       {StatusCode::kAborted},
       {{StatusCode::kAborted, Outcome::kIgnored},
        {StatusCode::kCancelled, Outcome::kSuccess},
        {StatusCode::kUnavailable, Outcome::kFailure}}},
      // A given ignored code is no default failure, and the other way round.
      {{},
       {StatusCode::kUnavailable},
       {{StatusCode::kUnavailable, Outcome::kIgnored},
        {StatusCode::kInternal, Outcome::kFailure}}},
      {{StatusCode::kCancelled},
       {},
       {{StatusCode::kCancelled, Outcome::kFailure}}},
      {{StatusCode::kUnauthenticated},
       {},
       {{StatusCode::kUnauthenticated, Outcome::kFailure}}},
  };
  for (const auto& c : cases) {
    Policy policy;
    policy.failure_codes = c.failure_codes;
    policy.ignored_codes = c.ignored_codes;
    EXPECT_TRUE(policy.Validate().empty());
    for (const auto& [code, outcome] : c.outcomes) {
      EXPECT_EQ(CodeClassifier(policy).Classify(static_cast<int>(code)),
                outcome)
          << StatusCodeName(static_cast<int>(code));
    }
  }
}

TEST(CodeLists, TreatOtherNumbersAsUnknown) {
  Policy policy;
  policy.ignored_codes = {StatusCode::kUnknown};
  for (const int code : {-1, 17, 999, INT_MAX, INT_MIN}) {
    EXPECT_EQ(CodeClassifier(policy).Classify(code), Outcome::kIgnored) << code;
  }
}

}  // namespace
}  // namespace fusebox
