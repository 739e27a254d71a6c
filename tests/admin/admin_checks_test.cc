// admin_checks_test.cc: tests that each wrong field of a request is reported.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fusebox/admin/internal/checks.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::internal {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ResultOf;

constexpr int kUnknown = 77;

auto Says(const std::string& path, const std::string& message) {
  return AllOf(Field(&Problem::path, path),
               ResultOf([](const Problem& p) { return ToString(p); },
                        HasSubstr(message)));
}

TEST(AdminChecks, AnEmptyRequestIsFine) {
  EXPECT_THAT(Check(v1::ListBreakersRequest()), IsEmpty());
  EXPECT_THAT(Check(v1::WatchBreakersRequest()), IsEmpty());
  EXPECT_THAT(Check(v1::ListEventsRequest()), IsEmpty());
  EXPECT_EQ(IntervalOf({}), kDefaultWatchInterval);
  EXPECT_EQ(LimitOf({}), kDefaultEventLimit);
}

TEST(AdminChecks, AGlobHasABound) {
  v1::ListBreakersRequest request;
  request.mutable_filter()->set_method(std::string(1024, '*'));
  EXPECT_THAT(Check(request), IsEmpty());
  request.mutable_filter()->set_target(std::string(1025, 'x'));
  request.mutable_filter()->set_key(std::string(70000, 'k'));
  EXPECT_THAT(
      Check(request),
      ElementsAre(Says("filter.target",
                       "must be at most 1024 bytes, is 1025 bytes: \"xxx"),
                  Says("filter.key", "is 70000 bytes: \"kkk")));
  EXPECT_LT(ToString(Check(request)).size(), 400u);
}

TEST(AdminChecks, ReportsOnlyTheFirstOfManyBadStates) {
  v1::ListBreakersRequest request;
  request.mutable_filter()->add_state(v1::HALF_OPEN);
  for (int i = 0; i < 1000; ++i) {
    request.mutable_filter()->add_state(static_cast<v1::State>(kUnknown + i));
  }
  EXPECT_THAT(Check(request),
              ElementsAre(Says("filter.state[1]",
                               "must be CLOSED, OPEN or HALF_OPEN, is 77")));
  request.mutable_filter()->clear_state();
  request.mutable_filter()->add_state(v1::STATE_UNSPECIFIED);
  EXPECT_THAT(Check(request),
              ElementsAre(Says("filter.state[0]", "is STATE_UNSPECIFIED")));
  request.mutable_filter()->set_state(0, static_cast<v1::State>(-1));
  EXPECT_THAT(Check(request), ElementsAre(Says("filter.state[0]", "is -1")));
}

TEST(AdminChecks, AnIntervalIsNotClamped) {
  v1::WatchBreakersRequest request;
  const auto with = [&](int64_t seconds, int32_t nanos) {
    request.mutable_interval()->set_seconds(seconds);
    request.mutable_interval()->set_nanos(nanos);
    return Check(request);
  };
  EXPECT_THAT(with(0, 100'000'000), IsEmpty());
  EXPECT_THAT(with(60, 0), IsEmpty());
  EXPECT_THAT(
      with(0, 99'999'999),
      ElementsAre(Says("interval", "must be in [0.1s, 60s], is 0.099999999s")));
  EXPECT_THAT(with(60, 1), ElementsAre(Says("interval", "is 60.000000001s")));
  EXPECT_THAT(with(0, 0), ElementsAre(Says("interval", "is 0s")));
  EXPECT_THAT(with(-1, 0), ElementsAre(Says("interval", "is -1s")));
  EXPECT_THAT(with(1, -1),
              ElementsAre(Says("interval", "is 1 seconds and -1 nanos")));
  EXPECT_THAT(with(INT64_MAX, 0), ElementsAre(Says("interval", "seconds")));
}

TEST(AdminChecks, EventsAreMatchedByNameOnly) {
  v1::ListEventsRequest request;
  request.mutable_filter()->set_method("/a/*");
  request.set_limit(10000);
  request.add_type("PROBE");
  EXPECT_THAT(Check(request), IsEmpty());
  request.mutable_filter()->add_state(v1::OPEN);
  request.mutable_filter()->set_troubled(true);
  request.set_limit(10001);
  request.add_type("probe\n");
  EXPECT_THAT(Check(request),
              ElementsAre(Says("filter.state", "must be left out"),
                          Says("filter.troubled", "must be left out"),
                          Says("limit", "must be at most 10000, is 10001"),
                          Says("type[1]",
                               "must be TRANSITION, MODE, REJECTION, PROBE, "
                               "BROKEN_STREAM, FALLBACK, CONFIG_UPDATED or "
                               "CONFIG_REFUSED, is \"probe\\n\"")));
}

TEST(AdminChecks, AModeMustExist) {
  v1::SetModeRequest request;
  request.mutable_filter();
  EXPECT_THAT(Check(request), IsEmpty());
  request.set_mode(static_cast<v1::Policy::Mode>(kUnknown));
  EXPECT_THAT(Check(request),
              ElementsAre(Says("mode",
                               "must be ENFORCE, DRY_RUN, DISABLED or "
                               "FORCED_OPEN, is 77")));
}

TEST(AdminChecks, ALimitNeedsAModeAndHasABound) {
  v1::SetModeRequest request;
  request.mutable_filter();
  request.mutable_time_limit()->set_seconds(1);
  EXPECT_THAT(Check(request),
              ElementsAre(Says("time_limit", "where there is no mode, is 1s")));
  request.set_mode(v1::Policy::DISABLED);
  EXPECT_THAT(Check(request), IsEmpty());
  request.mutable_time_limit()->set_seconds(30 * 24 * 3600);
  EXPECT_THAT(Check(request), IsEmpty());
  request.mutable_time_limit()->set_nanos(1);
  EXPECT_THAT(Check(request),
              ElementsAre(Says("time_limit", "(30 days), is 2592000.")));
  request.mutable_time_limit()->Clear();
  EXPECT_THAT(Check(request), ElementsAre(Says("time_limit", "is 0s")));
}

TEST(AdminChecks, ReportsEveryProblem) {
  v1::SetModeRequest request;
  request.set_mode(static_cast<v1::Policy::Mode>(kUnknown));
  request.mutable_time_limit();
  EXPECT_THAT(Check(request),
              ElementsAre(Says("filter", "must be given"), Says("mode", "77"),
                          Says("time_limit", "greater than 0s")));
  EXPECT_EQ(ToStatus(Check(request)).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fusebox::internal
