// policy_test.cc: tests the defaults of a policy and its validation.

#include "fusebox/policy/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/problem.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using absl::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(PolicyTest, DefaultsAreValidAndIncludeThoseOfSettings) {
  const Policy policy;
  EXPECT_THAT(policy.Validate(), IsEmpty());
  EXPECT_TRUE(policy.settings() == Settings());
  EXPECT_EQ(policy.rejection_code, StatusCode::kUnavailable);
  EXPECT_THAT(policy.failure_codes, IsEmpty());
  EXPECT_THAT(policy.ignored_codes, IsEmpty());
}

template <typename A, typename B, typename = void>
struct AreComparable : std::false_type {};
template <typename A, typename B>
struct AreComparable<
    A, B, std::void_t<decltype(std::declval<A>() == std::declval<B>())>>
    : std::true_type {};

// Copying a policy into settings, or comparing the two, would ignore half of
// the policy.
static_assert(!std::is_constructible_v<Settings, Policy&> &&
              !std::is_constructible_v<Settings, const Policy&> &&
              !std::is_constructible_v<Settings, Policy>);
static_assert(!std::is_assignable_v<Settings&, Policy&> &&
              !std::is_assignable_v<Settings&, const Policy&> &&
              !std::is_assignable_v<Settings&, Policy>);
static_assert(!AreComparable<Policy, Settings>::value &&
              !AreComparable<Settings, Policy>::value);
static_assert(AreComparable<Policy, Policy>::value &&
              AreComparable<Settings, Settings>::value);
static_assert(std::is_default_constructible_v<Settings> &&
              std::is_copy_constructible_v<Policy> &&
              std::is_nothrow_move_constructible_v<Policy> &&
              std::is_copy_assignable_v<Policy>);

TEST(PolicyTest, ClassicIsTheDefault) {
  EXPECT_TRUE(Policy::Classic() == Policy());
}

TEST(PolicyTest, ResponsiveTriesAgainSoonAndBacksOff) {
  const Policy policy = Policy::Responsive();
  EXPECT_EQ(policy.consecutive_failures, 5u);
  EXPECT_TRUE(policy.failure_rate == (FailureRate{0.5, 20}));
  EXPECT_TRUE(policy.window == Window::OfTime(10s));
  EXPECT_EQ(policy.open_duration, 1s);
  EXPECT_TRUE(policy.open_backoff == (OpenBackoff{2, 60s, 0.2}));
  EXPECT_EQ(policy.half_open.successes_to_close, 2u);
  EXPECT_THAT(policy.Validate(), IsEmpty());
}

TEST(PolicyTest, ReportsEveryBadCode) {
  const StatusCode kNoCode = static_cast<StatusCode>(17);
  const StatusCode kNegative = static_cast<StatusCode>(-1);
  const struct {
    const char* what;
    std::vector<StatusCode> failure_codes;
    std::vector<StatusCode> ignored_codes;
    StatusCode rejection_code;
    Problems problems;
  } cases[] = {
      {"OK in both lists",
       {StatusCode::kOk},
       {StatusCode::kAborted, StatusCode::kOk},
       StatusCode::kUnavailable,
       {{"failure_codes[0]", "must be a status code other than OK, is OK"},
        {"ignored_codes[1]", "must be a status code other than OK, is OK"},
        {"ignored_codes[1]", "must not be in failure_codes too, is OK"}}},
      {"a code in both lists",
       {StatusCode::kAborted, StatusCode::kUnavailable},
       {StatusCode::kCancelled, StatusCode::kUnavailable},
       StatusCode::kUnavailable,
       {{"ignored_codes[1]",
         "must not be in failure_codes too, is UNAVAILABLE"}}},
      {"a code twice in one list",
       {},
       {StatusCode::kAborted, StatusCode::kUnavailable, StatusCode::kAborted},
       StatusCode::kUnavailable,
       {{"ignored_codes[2]",
         "must be given once, ABORTED is also ignored_codes[0]"}}},
      {"numbers that are not codes",
       {StatusCode::kAborted, kNoCode},
       {kNegative},
       kNoCode,
       {{"failure_codes[1]", "must be a status code other than OK, is 17"},
        {"ignored_codes[0]", "must be a status code other than OK, is -1"},
        {"rejection_code", "must be a status code other than OK, is 17"}}},
      {"OK as the rejection code",
       {},
       {},
       StatusCode::kOk,
       {{"rejection_code", "must be a status code other than OK, is OK"}}},
  };
  for (const auto& c : cases) {
    Policy policy;
    policy.failure_codes = c.failure_codes;
    policy.ignored_codes = c.ignored_codes;
    policy.rejection_code = c.rejection_code;
    EXPECT_EQ(policy.Validate(), c.problems) << c.what;
  }
}

TEST(PolicyTest, ReportsProblemsOfSettingsFirst) {
  Policy policy;
  policy.open_duration = -1s;
  policy.rejection_code = StatusCode::kOk;
  EXPECT_THAT(
      policy.Validate(),
      ElementsAre(Problem{"open_duration", "must be greater than 0s, is -1s"},
                  Problem{"rejection_code",
                          "must be a status code other than OK, is OK"}));
}

TEST(PolicyTest, IsEqualIfEveryFieldIs) {
  const Policy original;
  EXPECT_TRUE(original == Policy());
  EXPECT_FALSE(original != Policy());
  const auto differs = [&](auto change) {
    Policy changed;
    change(changed);
    return changed != original && !(changed == original);
  };
  EXPECT_TRUE(differs([](Policy& p) { p.consecutive_failures = 1; }));
  EXPECT_TRUE(differs([](Policy& p) { p.half_open.timeout = 1s; }));
  EXPECT_TRUE(
      differs([](Policy& p) { p.failure_codes = {StatusCode::kAborted}; }));
  EXPECT_TRUE(
      differs([](Policy& p) { p.ignored_codes = {StatusCode::kAborted}; }));
  EXPECT_TRUE(
      differs([](Policy& p) { p.rejection_code = StatusCode::kAborted; }));
}

}  // namespace
}  // namespace fusebox
