// recycling_test.cc: many threads recycle buckets at once, and no record is
// lost or lands in another bucket.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "fusebox/core/internal/count_window.h"
#include "fusebox/core/internal/time_window.h"
#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

constexpr int kRecyclingThreads = 4;
constexpr int kRounds = 4000;
constexpr uint64_t kEach = 50;

// Counts a success as a breaker does (window.h).
void Succeed(TimeWindow& window, TimePoint now) {
  CountResult counted = window.CountInPlace(window.Look(), now);
  if (counted == CountResult::kYes) return;
  if (counted == CountResult::kAgain) window.Inflate();
  do {
    counted = window.CountSuccess(window.Look(), now);
  } while (counted == CountResult::kAgain);
  EXPECT_EQ(counted, CountResult::kYes);
}

// Returns the calls of one bucket: those that leave the window together.
uint64_t CallsOf(const TimeWindow& window, TimePoint at) {
  return window.Read(at + 9s).calls - window.Read(at + 10s).calls;
}

TEST(Recycling, CountsEverySuccessInItsBucket) {
  TimeWindow window;
  window.Reshape(10s);
  Rounds(
      kRecyclingThreads, kRounds,
      [&](int thread, int round) {
        // All threads find the words of the last lap.
        const TimePoint now(round * 1s);
        for (uint64_t i = 0; i < kEach; ++i) Succeed(window, now + i * 1ms);
        // Does not rely on two threads contending.
        if (round == kRounds / 2 && thread == 0) window.Inflate();
      },
      [&](int round) {
        const TimePoint now(round * 1s);
        ASSERT_EQ(CallsOf(window, now), kRecyclingThreads * kEach) << round;
        ASSERT_EQ(window.Read(now).calls,
                  kRecyclingThreads * kEach *
                      static_cast<uint64_t>(std::min(round, 10)))
            << round;
      });
  EXPECT_TRUE(window.inflated());
}

TEST(Recycling, CountsAnEarlierTimeInOneOfTheTwoBuckets) {
  TimeWindow window;
  window.Reshape(10s);
  Rounds(
      kRecyclingThreads, kRounds,
      [&](int thread, int round) {
        // Each round has two buckets. Half of the threads are still in the
        // first.
        const TimePoint first(round * 20s);
        const TimePoint mine = thread % 2 == 0 ? first : first + 1s;
        for (uint64_t i = 0; i < kEach; ++i) Succeed(window, mine);
      },
      [&](int round) {
        const TimePoint second(round * 20s + 1s);
        ASSERT_EQ(window.Read(second).calls, kRecyclingThreads * kEach)
            << round;
        ASSERT_GE(CallsOf(window, second), kRecyclingThreads / 2 * kEach)
            << round;
      });
}

TEST(Recycling, CountsASuccessOnOnlyOneSideOfAClear) {
  TimeWindow window;
  window.Reshape(10s);
  Rounds(
      kRecyclingThreads, kRounds,
      [&](int thread, int round) {
        if (thread == 0) {
          window.Clear();
        } else {
          // It looks before or after the Clear(), and is counted at most once.
          const uint64_t seen = window.Look();
          window.CountSuccess(seen, TimePoint(round * 100ms));
        }
      },
      [&](int round) {
        const TimePoint now(round * 100ms);
        ASSERT_LE(window.Read(now).calls, kRecyclingThreads - 1u) << round;
        window.Clear();
        ASSERT_EQ(window.Read(now).calls, 0u) << round;
      });
}

TEST(Recycling, CountsEverySuccessInACleanWindowOfCalls) {
  constexpr auto kAll = static_cast<uint32_t>(kRecyclingThreads * kEach);
  CountWindow window;
  window.Reshape(kAll);
  Rounds(
      kRecyclingThreads, kRounds,
      [&](int, int) {
        for (uint64_t i = 0; i < kEach; ++i) {
          CountResult counted;
          do {
            counted = window.CountSuccess(window.Look());
          } while (counted == CountResult::kAgain);
          EXPECT_EQ(counted, CountResult::kYes);
        }
      },
      [&](int round) {
        ASSERT_EQ(window.Read().calls, kRecyclingThreads * kEach) << round;
        window.Reshape(kAll + static_cast<uint32_t>(round % 2));
      });
}

}  // namespace
}  // namespace fusebox::internal
