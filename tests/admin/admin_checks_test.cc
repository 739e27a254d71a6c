// admin_checks_test.cc: tests that each wrong field of a request is reported.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fusebox/admin/internal/checks.h"
#include "fusebox/base/problem.h"
#include "fusebox/v1/admin.pb.h"
#include "tests/admin/admin_test.h"

namespace fusebox::internal {
namespace {

using testing::HasSubstr;

struct Case {
  std::string request;
  std::string problems;  // empty if the request is fine
};

template <typename Request>
void Expect(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(ToString(Check(Parse<Request>(c.request))), c.problems)
        << c.request;
  }
}

TEST(AdminChecks, AnEmptyRequestIsFine) {
  Expect<v1::ListBreakersRequest>({{"", ""}});
  Expect<v1::WatchBreakersRequest>({{"", ""}});
  Expect<v1::ListEventsRequest>({{"", ""}});
  EXPECT_EQ(IntervalOf({}), kDefaultWatchInterval);
  EXPECT_EQ(LimitOf({}), kDefaultEventLimit);
}

TEST(AdminChecks, AGlobHasABound) {
  v1::ListBreakersRequest request;
  request.mutable_filter()->set_method(std::string(1024, '*'));
  EXPECT_THAT(Check(request), testing::IsEmpty());
  request.mutable_filter()->set_target(std::string(1025, 'x'));
  request.mutable_filter()->set_key(std::string(70000, 'k'));
  const std::string problems = ToString(Check(request));
  EXPECT_THAT(problems,
              testing::StartsWith("filter.target: must be at most "
                                  "1024 bytes, is 1025 bytes: \"xxx"));
  EXPECT_THAT(problems, HasSubstr("; filter.key: must be at most 1024 bytes, "
                                  "is 70000 bytes: \"kkk"));
  EXPECT_LT(problems.size(), 400u);
}

TEST(AdminChecks, ReportsOnlyTheFirstOfManyBadStates) {
  const std::string must_be = ": must be CLOSED, OPEN or HALF_OPEN, is ";
  std::string many = "filter { state: HALF_OPEN";
  for (int i = 0; i < 1000; ++i) many += " state: " + std::to_string(77 + i);
  Expect<v1::ListBreakersRequest>({
      {many + " }", "filter.state[1]" + must_be + "77"},
      {"filter { state: STATE_UNSPECIFIED }",
       "filter.state[0]" + must_be + "STATE_UNSPECIFIED"},
      {"filter { state: -1 }", "filter.state[0]" + must_be + "-1"},
  });
}

TEST(AdminChecks, AnIntervalIsNotClamped) {
  const std::string must_be = "interval: must be in [0.1s, 60s], is ";
  Expect<v1::WatchBreakersRequest>({
      {"interval { nanos: 100000000 }", ""},
      {"interval { seconds: 60 }", ""},
      {"interval { nanos: 99999999 }", must_be + "0.099999999s"},
      {"interval { seconds: 60 nanos: 1 }", must_be + "60.000000001s"},
      {"interval {}", must_be + "0s"},
      {"interval { seconds: -1 }", must_be + "-1s"},
      {"interval { seconds: 1 nanos: -1 }", must_be + "1 seconds and -1 nanos"},
      {"interval { seconds: 9223372036854775807 }",
       must_be + "9223372036854775807 seconds and 0 nanos"},
  });
}

TEST(AdminChecks, EventsAreMatchedByNameOnly) {
  Expect<v1::ListEventsRequest>({
      {"filter { method: '/a/*' } limit: 10000 type: 'PROBE'", ""},
      {"filter { state: OPEN troubled: true } limit: 10001 type: 'PROBE' "
       "type: 'probe\\n'",
       "filter.state: must be left out: events are matched by name; "
       "filter.troubled: must be left out: events are matched by name; "
       "limit: must be at most 10000, is 10001; "
       "type[1]: must be TRANSITION, MODE, REJECTION, PROBE, BROKEN_STREAM, "
       "FALLBACK, CONFIG_UPDATED, CONFIG_REFUSED, RETIRED or OVERFLOW, is "
       "\"probe\\n\""},
  });
}

TEST(AdminChecks, AModeMustExistAndALimitNeedsAMode) {
  const std::string disable = "filter {} mode: DISABLED ";
  const std::string bad_mode =
      "mode: must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is 77";
  const std::string must_be =
      "time_limit: must be greater than 0s and at most 2592000s (30 days), is ";
  Expect<v1::SetModeRequest>({
      {"filter {}", ""},
      {"filter {} mode: 77", bad_mode},
      {disable + "time_limit { seconds: 1 }", ""},
      {disable + "time_limit { seconds: 2592000 }", ""},
      {disable + "time_limit { seconds: 2592000 nanos: 1 }",
       must_be + "2592000.000000001s"},
      {disable + "time_limit {}", must_be + "0s"},
      {"filter {} time_limit { seconds: 1 }",
       "time_limit: must be left out where there is no mode, is 1s"},
      {"mode: 77 time_limit {}", "filter: must be given; {} stands for all; " +
                                     bad_mode + "; " + must_be + "0s"},
  });
  EXPECT_EQ(ToStatus(Check(v1::SetModeRequest())).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fusebox::internal
