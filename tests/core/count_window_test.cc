// count_window_test.cc: the window of the last N outcomes.

#include "fusebox/core/internal/count_window.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <random>

#include "fusebox/core/snapshot.h"

namespace fusebox::internal {
namespace {

// A plain model of the window, which keeps the outcomes themselves.
struct Plain {
  struct Outcome {
    bool failure, slow;
  };
  std::deque<Outcome> outcomes;
  size_t size;

  void Add(bool failure, bool slow) {
    outcomes.push_back({failure, slow});
    if (outcomes.size() > size) outcomes.pop_front();
  }
  WindowCounts Read() const {
    WindowCounts counts;
    for (const Outcome& outcome : outcomes) {
      ++counts.calls;
      counts.failures += outcome.failure ? 1 : 0;
      counts.slow_calls += outcome.slow ? 1 : 0;
    }
    return counts;
  }
};

// Counts a success as the breaker does: without the lock if possible.
void Success(CountWindow& window) {
  CountResult counted;
  do {
    counted = window.CountSuccess(window.Look());
  } while (counted == CountResult::kAgain);
  if (counted == CountResult::kNo) window.Record(false, false);
}

TEST(CountWindow, HoldsTheLastOutcomesForEverySize) {
  std::mt19937 random(7);
  for (const uint32_t size : {1u, 2u, 3u, 63u, 64u, 65u, 1000u, 4096u}) {
    CountWindow window;
    window.Reshape(size);
    Plain plain{{}, size};
    for (int i = 0; i < 20'000; ++i) {
      // Long healthy periods between bad ones let the window turn clean again.
      const bool bad = i % 9000 < 300;
      const bool failure = bad && random() % 3 == 0;
      const bool slow = bad && random() % 4 == 0;
      if (failure || slow) {
        window.Record(failure, slow);
      } else {
        Success(window);
      }
      plain.Add(failure, slow);
      const WindowCounts is = window.Read();
      const WindowCounts must = plain.Read();
      ASSERT_EQ(is.calls, must.calls) << size << ", " << i;
      ASSERT_EQ(is.failures, must.failures) << size << ", " << i;
      ASSERT_EQ(is.slow_calls, must.slow_calls) << size << ", " << i;
      if (size > 100) i += 3;
    }
  }
}

TEST(CountWindow, ASuccessStoresNothingIfTheWindowIsFullOfThem) {
  CountWindow window;
  window.Reshape(3);
  for (int i = 0; i < 3; ++i) Success(window);
  const uint64_t word = window.Look();
  for (int i = 0; i < 10; ++i) Success(window);
  EXPECT_EQ(window.Look(), word);
  EXPECT_EQ(window.Read().calls, 3u);
}

TEST(CountWindow, TakesTheLockWhileItHoldsAFailureOrASlowCall) {
  for (const bool failure : {true, false}) {
    CountWindow window;
    window.Reshape(2);
    window.Record(failure, !failure);
    EXPECT_EQ(window.CountSuccess(window.Look()), CountResult::kNo);
    window.Record(false, false);
    EXPECT_EQ(window.CountSuccess(window.Look()), CountResult::kNo);
    window.Record(false, false);
    EXPECT_EQ(window.CountSuccess(window.Look()), CountResult::kYes);
  }
}

TEST(CountWindow, ASuccessThatLookedBeforeAClearIsNotCountedAfterIt) {
  CountWindow window;
  window.Reshape(3);
  uint64_t seen = window.Look();
  window.Clear();
  EXPECT_EQ(window.CountSuccess(seen), CountResult::kAgain);
  seen = window.Look();
  window.Record(true, false);
  EXPECT_EQ(window.CountSuccess(seen), CountResult::kAgain);
  EXPECT_EQ(window.Read().calls, 1u);
}

TEST(CountWindow, ClearAndReshapeEmptyTheWindow) {
  CountWindow window;
  window.Reshape(3);
  window.Record(true, true);
  window.Clear();
  EXPECT_EQ(window.Read().calls, 0u);
  EXPECT_EQ(window.Read().failures, 0u);
  Success(window);
  window.Record(true, true);
  window.Reshape(2);
  EXPECT_EQ(window.Read().calls, 0u);
  for (int i = 0; i < 5; ++i) Success(window);
  EXPECT_EQ(window.Read().calls, 2u);
  EXPECT_EQ(window.Read().slow_calls, 0u);
}

}  // namespace
}  // namespace fusebox::internal
