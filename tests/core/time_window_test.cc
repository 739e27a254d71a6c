// time_window_test.cc: the window of the last ten buckets of time.

#include "fusebox/core/internal/time_window.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "fusebox/core/snapshot.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

class TimeWindowTest : public testing::Test {
 protected:
  TimeWindowTest() { window_.Reshape(10s); }

  void Success(Duration at) {
    CountResult counted;
    do {
      counted = window_.CountSuccess(window_.Look(), TimePoint(at));
    } while (counted == CountResult::kAgain);
    EXPECT_EQ(counted, CountResult::kYes);
  }
  void Failure(Duration at) { window_.Record(true, false, TimePoint(at)); }
  uint64_t CallsAt(Duration at) { return window_.Read(TimePoint(at)).calls; }

  TimeWindow window_;
};

TEST_F(TimeWindowTest, HoldsTheCurrentBucketAndTheNineBeforeIt) {
  Success(100s);
  Failure(100s + 999ms);
  EXPECT_EQ(CallsAt(100s), 2u);
  EXPECT_EQ(CallsAt(109s + 999ms), 2u);
  EXPECT_EQ(CallsAt(110s), 0u);
}

TEST_F(TimeWindowTest, AlignsBucketsToTheClockNotToTheFirstOutcome) {
  Success(100s + 999ms);
  EXPECT_EQ(CallsAt(110s - 1ns), 1u);
  EXPECT_EQ(CallsAt(110s), 0u);
}

TEST_F(TimeWindowTest, DropsBucketsOneByOne) {
  for (int i = 0; i < 20; ++i) {
    Success(i * 1s);
    Failure(i * 1s);
  }
  for (int i = 0; i <= 10; ++i) {
    EXPECT_EQ(CallsAt(19s + i * 1s), 20u - 2u * static_cast<uint64_t>(i));
    EXPECT_EQ(window_.Read(TimePoint(19s + i * 1s)).failures,
              10u - static_cast<uint64_t>(i));
  }
}

TEST_F(TimeWindowTest, CountsSlowAndFailedCallsSeparately) {
  window_.Record(true, true, TimePoint(5s));
  window_.Record(false, true, TimePoint(5s));
  window_.Record(true, false, TimePoint(5s));
  window_.Record(false, false, TimePoint(5s));
  const WindowCounts counts = window_.Read(TimePoint(5s));
  EXPECT_EQ(counts.calls, 4u);
  EXPECT_EQ(counts.failures, 2u);
  EXPECT_EQ(counts.slow_calls, 2u);
}

TEST_F(TimeWindowTest, CountsAnEarlierTimeInTheCurrentBucket) {
  Success(100s);
  Success(50s);
  Failure(50s);
  EXPECT_EQ(CallsAt(50s), 3u);
  EXPECT_EQ(CallsAt(109s), 3u);
  EXPECT_EQ(CallsAt(110s), 0u);
}

TEST_F(TimeWindowTest, WorksBeforeAndAfterTheClocksOrigin) {
  Failure(-6s);
  Success(-500ms);
  Failure(-1ns);
  Success(0s);
  EXPECT_EQ(CallsAt(0s), 4u);
  EXPECT_EQ(CallsAt(3s), 4u);
  EXPECT_EQ(CallsAt(4s), 3u);
  EXPECT_EQ(CallsAt(9s), 1u);
}

TEST_F(TimeWindowTest, WorksAtBothEndsOfTime) {
  for (const Duration shape :
       {Duration(10us), Duration(24h), Duration::max()}) {
    TimeWindow window;
    window.Reshape(shape);
    for (const TimePoint at : {TimePoint::min(), TimePoint::max()}) {
      CountResult counted;
      do {
        counted = window.CountSuccess(window.Look(), at);
      } while (counted == CountResult::kAgain);
      window.Record(true, false, at);
      EXPECT_EQ(window.Read(at).calls, 2u);
    }
  }
}

TEST_F(TimeWindowTest, ClearEmptiesItAndKeepsItsTime) {
  Success(100s);
  Failure(100s);
  window_.Clear();
  EXPECT_EQ(CallsAt(100s), 0u);
  Success(50s);
  EXPECT_EQ(CallsAt(109s), 1u);
  EXPECT_EQ(CallsAt(110s), 0u);
}

TEST_F(TimeWindowTest, IsEmptyAfterEachOfAThousandClears) {
  for (int i = 0; i < 1000; ++i) {
    Success(100s);
    Failure(100s);
    ASSERT_EQ(CallsAt(100s), 2u) << i;
    window_.Clear();
    ASSERT_EQ(CallsAt(100s), 0u) << i;
  }
}

TEST_F(TimeWindowTest, ForgetsAWordWhoseTagComesAgainAfterManyLaps) {
  Success(0s);
  // Only failures follow. The tag of the word that holds the success comes
  // again after 65,536 laps.
  const int64_t laps = int64_t{65'536} * 16;
  for (int64_t i = 1; i <= laps; i += 1) Failure(i * 1s);
  EXPECT_EQ(window_.Read(TimePoint(laps * 1s)).failures, 10u);
  EXPECT_EQ(CallsAt(laps * 1s), 10u);
}

TEST_F(TimeWindowTest, ForgetsSuchAWordEvenWithoutOutcomesInBetween) {
  Success(0s);
  const int64_t laps = int64_t{65'536} * 16;
  Failure(laps * 1s);
  EXPECT_EQ(CallsAt(laps * 1s), 1u);
}

TEST_F(TimeWindowTest, ASuccessThatLookedBeforeAClearIsNotCountedAfterIt) {
  Success(100s);
  const uint64_t seen = window_.Look();
  window_.Clear();
  window_.CountSuccess(seen, TimePoint(100s));
  EXPECT_EQ(CallsAt(100s), 0u);
  Success(100s);
  EXPECT_EQ(CallsAt(100s), 1u);
}

TEST_F(TimeWindowTest, ReshapeEmptiesItAndKeepsItsTime) {
  Success(100s);
  window_.Reshape(100s);
  EXPECT_EQ(CallsAt(100s), 0u);
  Success(10s);
  EXPECT_EQ(CallsAt(199s), 1u);
  EXPECT_EQ(CallsAt(200s), 0u);
}

TEST_F(TimeWindowTest, ReadingChangesNothing) {
  Success(100s);
  EXPECT_EQ(CallsAt(500s), 0u);
  EXPECT_EQ(CallsAt(100s), 1u);
}

}  // namespace
}  // namespace fusebox::internal
