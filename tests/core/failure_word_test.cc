// failure_word_test.cc: consecutive failures and the failure score are counted
// in one word.

#include "fusebox/core/internal/failure_word.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

class FailureWordTest : public testing::Test {
 protected:
  uint32_t Fail(uint64_t generation, bool begins_new_run = false) {
    return word_.Failure(generation, 2, begins_new_run).run;
  }
  void ExpectCounts(uint32_t run, uint32_t score) {
    EXPECT_EQ(word_.Read().run, run);
    EXPECT_EQ(word_.Read().score, score);
    EXPECT_EQ(word_.is_zero(), run == 0 && score == 0);
  }

  FailureWord word_;
};

TEST_F(FailureWordTest, CountsTheRunUntilASuccess) {
  word_.Reset(1);
  ExpectCounts(0, 0);
  EXPECT_EQ(Fail(1), 1u);
  EXPECT_EQ(Fail(1), 2u);
  word_.Success(1);
  EXPECT_EQ(word_.Read().run, 0u);
  EXPECT_EQ(Fail(1), 1u);
}

TEST_F(FailureWordTest, AddsAFailureToTheScoreAndTakesASuccessAway) {
  word_.Reset(1);
  EXPECT_EQ(word_.Failure(1, 2, false).score, 2u);
  EXPECT_EQ(word_.Failure(1, 2, false).score, 4u);
  EXPECT_EQ(word_.Success(1).score, 3u);
  ExpectCounts(0, 3);
  EXPECT_EQ(word_.Failure(1, 2, false).score, 5u);
  ExpectCounts(1, 5);
}

TEST_F(FailureWordTest, TheScoreNeverFallsBelowZero) {
  word_.Reset(1);
  word_.SetSuccessPoints(3);
  word_.Success(1);
  ExpectCounts(0, 0);
  Fail(1);
  word_.Success(1);
  ExpectCounts(0, 0);
}

TEST_F(FailureWordTest, TheScoreStopsAtItsMaximum) {
  word_.Reset(1);
  EXPECT_EQ(word_.Failure(1, FailureWord::kMaxScore - 1, false).score, 65534u);
  EXPECT_EQ(word_.Failure(1, 2, false).score, 65535u);
  EXPECT_EQ(word_.Failure(1, 65535, false).score, 65535u);
  ExpectCounts(3, 65535);
}

TEST_F(FailureWordTest, AFailureMayBeginANewRunAndKeepsTheScore) {
  word_.Reset(1);
  Fail(1);
  Fail(1);
  EXPECT_EQ(Fail(1, /*begins_new_run=*/true), 1u);
  EXPECT_EQ(Fail(1), 2u);
  EXPECT_EQ(Fail(2, /*begins_new_run=*/true), 0u);
  ExpectCounts(2, 8);
}

TEST_F(FailureWordTest, ClearsTheScoreAndKeepsTheRun) {
  word_.Reset(1);
  Fail(1);
  word_.ClearScore(2);
  ExpectCounts(1, 2);
  word_.ClearScore(1);
  ExpectCounts(1, 0);
}

TEST_F(FailureWordTest, IsNotChangedByOtherGenerations) {
  word_.Reset(7);
  Fail(7);
  EXPECT_EQ(word_.Success(6).score, 0u);
  word_.Success(8);
  EXPECT_EQ(Fail(6), 0u);
  EXPECT_EQ(word_.Failure(8, 2, false).score, 0u);
  ExpectCounts(1, 2);
  EXPECT_EQ(Fail(7), 2u);
}

TEST_F(FailureWordTest, AResetStartsANewGenerationAtZero) {
  word_.Reset(1);
  Fail(1);
  word_.Reset(4);
  ExpectCounts(0, 0);
  EXPECT_EQ(Fail(1), 0u);
  EXPECT_EQ(Fail(4), 1u);
}

TEST_F(FailureWordTest, WorksForLargeGenerations) {
  for (const uint64_t generation :
       {(uint64_t{1} << 16) + 1, (uint64_t{1} << 32) + 1, uint64_t{1} << 47}) {
    word_.Reset(generation);
    EXPECT_EQ(Fail(generation), 1u);
    EXPECT_EQ(Fail(generation + 1), 0u);
    word_.Success(generation);
    word_.Success(generation);
    ExpectCounts(0, 0);
    word_.Reset(generation + 1);
    EXPECT_EQ(Fail(generation + 1), 1u);
  }
}

TEST_F(FailureWordTest, GivesEveryFailureOfManyThreadsItsOwnNumber) {
  constexpr int kThreads = 8;
  constexpr int kFailures = 5000;
  word_.Reset(1);
  std::vector<std::atomic<int>> seen(kThreads * kFailures + 1);
  OnThreads(kThreads, [&](int) {
    for (int i = 0; i < kFailures; ++i) ++seen[Fail(1)];
  });
  EXPECT_EQ(word_.Read().run, static_cast<uint32_t>(kThreads * kFailures));
  EXPECT_EQ(seen[0], 0);
  for (size_t i = 1; i < seen.size(); ++i) ASSERT_EQ(seen[i], 1) << i;
}

// Every thread makes one failure of three points for three successes, in a
// score that never reaches 0 or its maximum on the way.
TEST_F(FailureWordTest, LosesNoPointOnManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 5000;
  constexpr uint32_t kStart = 30'000;
  word_.Reset(1);
  word_.Failure(1, kStart, false);
  OnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kCalls; ++i) {
      if ((i + thread) % 4 == 0) {
        word_.Failure(1, 3, false);
      } else {
        word_.Success(1);
      }
    }
  });
  EXPECT_EQ(word_.Read().score, kStart);
}

TEST_F(FailureWordTest, LateSuccessesOfOldGenerationsNeverChangeTheNewOne) {
  constexpr uint64_t kGenerations = 20'000;
  std::atomic<uint64_t> generation{1};
  std::atomic<bool> done{false};
  word_.Reset(1);
  std::vector<std::thread> stragglers;
  for (int thread = 0; thread < 3; ++thread) {
    stragglers.emplace_back([&] {
      while (!done) word_.Success(generation.load());
    });
  }
  for (uint64_t g = 2; g <= kGenerations; ++g) {
    // The stragglers are just counting against the generation before.
    word_.Reset(g);
    for (uint32_t i = 1; i <= 5; ++i) {
      const FailureWord::Reading counts = word_.Failure(g, 2, false);
      EXPECT_EQ(counts.run, i);
      EXPECT_EQ(counts.score, 2 * i);
    }
    if (testing::Test::HasFailure()) break;
    generation = g;
    for (int i = 0; i < 20; ++i) Fail(g);
  }
  done = true;
  for (std::thread& straggler : stragglers) straggler.join();
}

}  // namespace
}  // namespace fusebox::internal
