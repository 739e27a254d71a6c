// failure_run_test.cc: consecutive failures are counted in one word.

#include "fusebox/core/internal/failure_run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

TEST(FailureRun, CountsTheFailuresOfItsGenerationUntilASuccess) {
  FailureRun run;
  run.Reset(1);
  EXPECT_EQ(run.length(), 0u);
  EXPECT_EQ(run.Failure(1), 1u);
  EXPECT_EQ(run.Failure(1), 2u);
  EXPECT_EQ(run.length(), 2u);
  run.Success(1);
  EXPECT_EQ(run.length(), 0u);
  EXPECT_EQ(run.Failure(1), 1u);
}

TEST(FailureRun, BeginsAnewWithAFailureThatSaysSo) {
  FailureRun run;
  run.Reset(1);
  run.Failure(1);
  run.Failure(1);
  EXPECT_EQ(run.Failure(1, /*begins_new_run=*/true), 1u);
  EXPECT_EQ(run.Failure(1), 2u);
  EXPECT_EQ(run.Failure(2, /*begins_new_run=*/true), 0u);
  EXPECT_EQ(run.length(), 2u);
}

TEST(FailureRun, IsNotChangedByOtherGenerations) {
  FailureRun run;
  run.Reset(7);
  run.Failure(7);
  run.Success(6);
  run.Success(8);
  EXPECT_EQ(run.Failure(6), 0u);
  EXPECT_EQ(run.Failure(8), 0u);
  EXPECT_EQ(run.length(), 1u);
  EXPECT_EQ(run.Failure(7), 2u);
}

TEST(FailureRun, AResetStartsANewGenerationAtZero) {
  FailureRun run;
  run.Reset(1);
  run.Failure(1);
  run.Reset(4);
  EXPECT_EQ(run.length(), 0u);
  EXPECT_EQ(run.Failure(1), 0u);
  EXPECT_EQ(run.Failure(4), 1u);
}

TEST(FailureRun, WorksForGenerationsBeyond32Bits) {
  FailureRun run;
  const uint64_t generation = (uint64_t{1} << 32) + 1;
  run.Reset(generation);
  EXPECT_EQ(run.Failure(generation), 1u);
  EXPECT_EQ(run.Failure(generation + 1), 0u);
  run.Success(generation);
  EXPECT_EQ(run.length(), 0u);
  run.Reset(generation + 1);
  EXPECT_EQ(run.Failure(generation + 1), 1u);
}

TEST(FailureRun, GivesEveryFailureOfManyThreadsItsOwnNumber) {
  constexpr int kThreads = 8;
  constexpr int kFailures = 5000;
  FailureRun run;
  run.Reset(1);
  std::vector<std::atomic<int>> seen(kThreads * kFailures + 1);
  OnThreads(kThreads, [&](int) {
    for (int i = 0; i < kFailures; ++i) ++seen[run.Failure(1)];
  });
  EXPECT_EQ(run.length(), static_cast<uint32_t>(kThreads * kFailures));
  EXPECT_EQ(seen[0], 0);
  for (size_t i = 1; i < seen.size(); ++i) ASSERT_EQ(seen[i], 1) << i;
}

TEST(FailureRun, LateSuccessesOfOldGenerationsNeverEndTheNewRun) {
  constexpr uint64_t kGenerations = 20'000;
  FailureRun run;
  std::atomic<uint64_t> generation{1};
  std::atomic<bool> done{false};
  run.Reset(1);
  std::vector<std::thread> stragglers;
  for (int thread = 0; thread < 3; ++thread) {
    stragglers.emplace_back([&] {
      while (!done) run.Success(generation.load());
    });
  }
  for (uint64_t g = 2; g <= kGenerations; ++g) {
    // The stragglers are just ending the run of the generation before.
    run.Reset(g);
    for (uint32_t i = 1; i <= 5; ++i) EXPECT_EQ(run.Failure(g), i);
    if (testing::Test::HasFailure()) break;
    generation = g;
    for (int i = 0; i < 20; ++i) run.Failure(g);
  }
  done = true;
  for (std::thread& straggler : stragglers) straggler.join();
}

}  // namespace
}  // namespace fusebox::internal
