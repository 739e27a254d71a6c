// status_code_test.cc: tests the canonical codes and their names.

#include "fusebox/policy/status_code.h"

#include <gtest/gtest.h>

#include <climits>

#include "absl/status/status.h"

namespace fusebox {
namespace {

TEST(StatusCode, HasTheSameNameAsInAbseil) {
  for (int code = 0; code < kStatusCodeCount; ++code) {
    EXPECT_EQ(StatusCodeName(code),
              absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
  }
}

TEST(StatusCode, IsKeptIfInRange) {
  for (int code = 0; code < kStatusCodeCount; ++code) {
    EXPECT_EQ(static_cast<int>(CanonicalCode(code)), code);
  }
}

TEST(StatusCode, IsUnknownIfOutOfRange) {
  for (const int code : {-1, 17, 999, INT_MAX, INT_MIN}) {
    EXPECT_EQ(CanonicalCode(code), absl::StatusCode::kUnknown) << code;
    EXPECT_EQ(StatusCodeName(code), "UNKNOWN") << code;
  }
}

}  // namespace
}  // namespace fusebox
