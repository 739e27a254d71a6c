// status_traits_test.cc: tests Call() and CallOr() with absl::Status and
// StatusOr.

#include "fusebox/policy/status_traits.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

class StatusTraits : public testing::Test {
 protected:
  StatusTraits() {
    Breaker::Options options;
    options.clock = &clock_;
    breaker_ = Breaker::Create("inventory", Settings(), options);
  }

  void Fail(int calls) {
    for (int i = 0; i < calls; ++i) {
      EXPECT_EQ(Call(*breaker_, [] { return absl::InternalError("down"); }),
                absl::InternalError("down"));
    }
  }
  TotalsReading Totals() { return breaker_->TakeSnapshot().totals; }

  ManualClock clock_;
  std::unique_ptr<Breaker> breaker_;
};

constexpr char kRejection[] =
    "circuit breaker for inventory is OPEN: 5 consecutive failures, the last "
    "after 0s; retry after 60s";

TEST_F(StatusTraits, ClassifyAStatusByTheDefaultLists) {
  EXPECT_TRUE(Call(*breaker_, [] { return absl::OkStatus(); }).ok());
  Call(*breaker_, [] { return absl::NotFoundError(""); }).IgnoreError();
  Call(*breaker_, [] { return absl::CancelledError(""); }).IgnoreError();
  Fail(1);
  EXPECT_EQ(Totals().successes, 2u);
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().failures, 1u);
}

TEST_F(StatusTraits, RejectWithUnavailableAndTheReason) {
  Fail(5);
  EXPECT_EQ(Call(*breaker_, [] { return absl::OkStatus(); }),
            absl::UnavailableError(kRejection));
}

TEST_F(StatusTraits, ReturnTheValueOfAStatusOr) {
  const absl::StatusOr<std::string> row =
      Call(*breaker_, []() -> absl::StatusOr<std::string> { return "row"; });
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(*row, "row");
  EXPECT_EQ(Totals().successes, 1u);
}

TEST_F(StatusTraits, AcceptAStatusOrOfAMoveOnlyValue) {
  const auto value =
      Call(*breaker_, []() -> absl::StatusOr<std::unique_ptr<int>> {
        return std::make_unique<int>(7);
      });
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(**value, 7);
}

TEST_F(StatusTraits, RejectAStatusOrAsAStatus) {
  Fail(5);
  const absl::StatusOr<int> result =
      Call(*breaker_, []() -> absl::StatusOr<int> { return 1; });
  EXPECT_EQ(result.status(), absl::UnavailableError(kRejection));
}

TEST_F(StatusTraits, LetCallOrReplaceARejectionWithAValue) {
  Fail(5);
  std::string why;
  const absl::StatusOr<int> result = CallOr(
      *breaker_, []() -> absl::StatusOr<int> { return 1; },
      [&](const absl::StatusOr<int>& rejected) {
        why = std::string(rejected.status().message());
        return 42;
      });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 42);
  EXPECT_EQ(why, kRejection);
}

TEST_F(StatusTraits, LetCallOrKeepAnIgnoredStatus) {
  const absl::Status status = CallOr(
      *breaker_, [] { return absl::CancelledError("mine"); },
      [](const absl::Status&) { return absl::OkStatus(); });
  EXPECT_EQ(status, absl::CancelledError("mine"));
}

}  // namespace
}  // namespace fusebox
