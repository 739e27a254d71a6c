// clock_test.cc: clocks, sums that cannot overflow, and printed durations.

#include "fusebox/base/clock.h"

#include <gtest/gtest.h>

#include <chrono>

#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

TEST(FormatDuration, WritesExactDecimalSecondsWithoutTrailingZeros) {
  const struct {
    Duration duration;
    const char* text;
  } cases[] = {
      {0s, "0s"},
      {60s, "60s"},
      {1h, "3600s"},
      {500ms, "0.5s"},
      {10ms, "0.01s"},
      {1s + 250ms, "1.25s"},
      {100s + 100ns, "100.0000001s"},
      {1ns, "0.000000001s"},
      {123456789ns, "0.123456789s"},
      {1s - 1ns, "0.999999999s"},
      {-1ns, "-0.000000001s"},
      {-1250ms, "-1.25s"},
      {-60s, "-60s"},
      {Duration::max(), "9223372036.854775807s"},
      {Duration::min(), "-9223372036.854775808s"},
  };
  for (const auto& c : cases) EXPECT_EQ(FormatDuration(c.duration), c.text);
}

TEST(SaturatingAdd, AddsIfTheSumFits) {
  EXPECT_EQ(SaturatingAdd(TimePoint(1h), 1s), TimePoint(1h + 1s));
  EXPECT_EQ(SaturatingAdd(TimePoint(1h), 0s), TimePoint(1h));
  EXPECT_EQ(SaturatingAdd(TimePoint(1h), -1s), TimePoint(1h - 1s));
  EXPECT_EQ(SaturatingAdd(TimePoint::min(), Duration::max()),
            TimePoint(Duration(-1)));
  EXPECT_EQ(SaturatingAdd(TimePoint::max() - 1ns, 1ns), TimePoint::max());
}

TEST(SaturatingAdd, StopsAtTheLastTimePoint) {
  EXPECT_EQ(SaturatingAdd(TimePoint::max(), 1ns), TimePoint::max());
  EXPECT_EQ(SaturatingAdd(TimePoint(1ns), Duration::max()), TimePoint::max());
  EXPECT_EQ(SaturatingAdd(TimePoint::max(), Duration::max()), TimePoint::max());
}

TEST(Clock, HasTheSystemsWallClock) {
  const auto before = std::chrono::system_clock::now();
  EXPECT_GE(PreciseClock().WallNow(), before);
  EXPECT_GE(ManualClock().WallNow(), before) << "nobody has set it";
}

TEST(ManualClock, MovesItsWallClockOnceItIsSet) {
  ManualClock clock;
  const std::chrono::system_clock::time_point noon(12h);
  clock.SetWall(noon);
  EXPECT_EQ(clock.WallNow(), noon);
  clock.Advance(60s);
  EXPECT_EQ(clock.WallNow(), noon + 60s);
  clock.SetWall(noon - 1h);
  EXPECT_EQ(clock.WallNow(), noon - 1h);
  EXPECT_EQ(clock.Now(), TimePoint(1h + 60s)) << "it did not move";
}

TEST(PreciseClock, IsTheSteadyClock) {
  const TimePoint before = std::chrono::steady_clock::now();
  const TimePoint now = PreciseClock().Now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::steady_clock::now());
  EXPECT_EQ(&PreciseClock(), &PreciseClock());
}

TEST(CoarseClock, NeverGoesBackAndHasTheEpochOfThePreciseClock) {
  const TimePoint first = CoarseClock().Now();
  const TimePoint second = CoarseClock().Now();
  EXPECT_LE(first, second);
  EXPECT_LE(second, PreciseClock().Now());
  EXPECT_GT(second, PreciseClock().Now() - 10min);
}

TEST(ManualClock, MovesOnlyOnAdvance) {
  ManualClock clock;
  EXPECT_EQ(clock.Now(), TimePoint(1h));
  EXPECT_EQ(clock.Now(), TimePoint(1h));
  clock.Advance(5s);
  EXPECT_EQ(clock.Now(), TimePoint(1h + 5s));
  clock.Advance(-10s);
  EXPECT_EQ(clock.Now(), TimePoint(1h - 5s));
}

TEST(Elapsed, IsNeverNegativeAndNeverOverflows) {
  const TimePoint origin{};
  EXPECT_EQ(Elapsed(origin, origin + Duration(7)), Duration(7));
  EXPECT_EQ(Elapsed(origin - Duration(2), origin + Duration(7)), Duration(9));
  EXPECT_EQ(Elapsed(origin + Duration(7), origin), Duration(0));
  EXPECT_EQ(Elapsed(TimePoint::max(), TimePoint::min()), Duration(0));
  EXPECT_EQ(Elapsed(TimePoint::min(), TimePoint::max()), Duration::max());
  EXPECT_EQ(Elapsed(TimePoint::min(), origin), Duration::max());
  EXPECT_EQ(SaturatingSum(Duration(3), Duration(4)), Duration(7));
  EXPECT_EQ(SaturatingSum(Duration::max(), Duration(1)), Duration::max());
}

}  // namespace
}  // namespace fusebox::internal
