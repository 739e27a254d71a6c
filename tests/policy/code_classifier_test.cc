// code_classifier_test.cc: tests which status codes are failures.

#include "fusebox/policy/code_classifier.h"

#include <gtest/gtest.h>

#include <climits>

#include "absl/status/status.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"

namespace fusebox {
namespace {

using absl::StatusCode;

Outcome Classify(const Policy& policy, StatusCode code) {
  return CodeClassifier(policy).Classify(static_cast<int>(code));
}

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

TEST(CodeLists, OfFailuresReplaceTheDefaultFailures) {
  Policy policy;
  policy.failure_codes = {StatusCode::kAborted, StatusCode::kNotFound};
  EXPECT_EQ(Classify(policy, StatusCode::kAborted), Outcome::kFailure);
  EXPECT_EQ(Classify(policy, StatusCode::kNotFound), Outcome::kFailure);
  EXPECT_EQ(Classify(policy, StatusCode::kUnavailable), Outcome::kSuccess);
  EXPECT_EQ(Classify(policy, StatusCode::kCancelled), Outcome::kIgnored);
}

TEST(CodeLists, OfIgnoredCodesReplaceTheDefaultIgnoredCodes) {
  Policy policy;
  policy.ignored_codes = {StatusCode::kAborted};
  EXPECT_EQ(Classify(policy, StatusCode::kAborted), Outcome::kIgnored);
  EXPECT_EQ(Classify(policy, StatusCode::kCancelled), Outcome::kSuccess);
  EXPECT_EQ(Classify(policy, StatusCode::kUnavailable), Outcome::kFailure);
}

TEST(CodeLists, AGivenIgnoredCodeIsNoDefaultFailure) {
  Policy policy;
  policy.ignored_codes = {StatusCode::kUnavailable};
  EXPECT_EQ(Classify(policy, StatusCode::kUnavailable), Outcome::kIgnored);
  EXPECT_EQ(Classify(policy, StatusCode::kInternal), Outcome::kFailure);
}

TEST(CodeLists, AGivenFailureCodeIsNotIgnoredByDefault) {
  Policy policy;
  policy.failure_codes = {StatusCode::kCancelled};
  EXPECT_EQ(Classify(policy, StatusCode::kCancelled), Outcome::kFailure);
}

TEST(CodeLists, StandForTheirDefaultsIfEmpty) {
  Policy policy;
  policy.failure_codes = {};
  policy.ignored_codes = {};
  EXPECT_EQ(Classify(policy, StatusCode::kUnavailable), Outcome::kFailure);
  EXPECT_EQ(Classify(policy, StatusCode::kCancelled), Outcome::kIgnored);
}

TEST(CodeLists, TreatOtherNumbersAsUnknown) {
  Policy policy;
  policy.ignored_codes = {StatusCode::kUnknown};
  for (const int code : {-1, 17, 999, INT_MAX, INT_MIN}) {
    EXPECT_EQ(CodeClassifier(policy).Classify(code), Outcome::kIgnored) << code;
  }
}

TEST(CodeLists, MayNameTheLastCode) {
  Policy policy;
  policy.failure_codes = {StatusCode::kUnauthenticated};
  EXPECT_TRUE(policy.Validate().empty());
  EXPECT_EQ(Classify(policy, StatusCode::kUnauthenticated), Outcome::kFailure);
}

}  // namespace
}  // namespace fusebox
