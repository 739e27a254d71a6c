// every_failure_counts_test.cc: five failures without a success in between open
// the circuit, whatever other threads did before. Consecutive failures and the
// failure score must both see all of them.

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/base/threads.h"

namespace fusebox {
namespace {

constexpr int kCallers = 5;
constexpr int kRounds = 3000;

Settings OpensAtAScoreOfTen() {
  Settings settings;
  settings.consecutive_failures = 0;
  settings.failure_score = FailureScore{10};
  return settings;
}

class EveryFailureCounts : public testing::TestWithParam<Settings> {
 protected:
  EveryFailureCounts() {
    Breaker::Options options;
    options.clock = &clock_;
    breaker_ = Breaker::Create("b", GetParam(), options);
  }

  Permit Admit() {
    Admission admission = breaker_->Acquire();
    EXPECT_TRUE(admission);
    return std::move(admission.permit);
  }
  static void Settle(Permit permit, Outcome outcome) {
    EXPECT_TRUE(permit.Settle({outcome}));
  }
  void ExpectOpenAndReset(int round) {
    EXPECT_EQ(breaker_->TakeSnapshot().state, State::kOpen)
        << "round " << round;
    breaker_->Reset();
  }

  ManualClock clock_;
  std::unique_ptr<Breaker> breaker_;
};

TEST_P(EveryFailureCounts, OnFiveThreadsThatOnlyFail) {
  Barrier admitted(kCallers);
  Rounds(
      kCallers, kRounds,
      [&](int, int) {
        Permit permit = Admit();
        admitted.Wait();
        Settle(std::move(permit), Outcome::kFailure);
      },
      [&](int round) { ExpectOpenAndReset(round); });
  EXPECT_EQ(breaker_->TakeSnapshot().totals.failures,
            static_cast<uint64_t>(kCallers) * kRounds);
}

TEST_P(EveryFailureCounts, OnEightThreadsAndThreeOfThemAreLate) {
  constexpr int kEight = 8;
  Barrier admitted(kEight);
  Rounds(
      kEight, kRounds,
      [&](int, int) {
        Permit permit = Admit();
        admitted.Wait();
        Settle(std::move(permit), Outcome::kFailure);
      },
      [&](int round) {
        EXPECT_EQ(breaker_->TakeSnapshot().totals.late,
                  3 * static_cast<uint64_t>(round));
        breaker_->Reset();
      });
}

TEST_P(EveryFailureCounts, ButNotAfterAResetIfItBeganBefore) {
  Barrier admitted(kCallers);
  Rounds(
      kCallers, kRounds,
      [&](int thread, int) {
        Permit permit = Admit();
        admitted.Wait();
        if (thread == 0) {
          breaker_->Reset();
        } else {
          Settle(std::move(permit), Outcome::kFailure);
        }
      },
      [&](int round) {
        const Snapshot now = breaker_->TakeSnapshot();
        EXPECT_EQ(now.consecutive_failures, 0u) << "round " << round;
        EXPECT_EQ(now.failure_score, 0u) << "round " << round;
      });
}

TEST_P(EveryFailureCounts, AfterSuccessesThatHaveReturned) {
  Barrier admitted(kCallers);
  Rounds(
      kCallers, kRounds,
      [&](int thread, int) {
        // Runs of up to four failures, each of which a success ends.
        for (int i = 0; i < 4; ++i) {
          Settle(Admit(), (thread + i) % kCallers == 0 ? Outcome::kFailure
                                                       : Outcome::kSuccess);
        }
        Permit permit = Admit();
        admitted.Wait();
        Settle(std::move(permit), Outcome::kFailure);
      },
      [&](int round) { ExpectOpenAndReset(round); });
}

TEST_P(EveryFailureCounts, DespiteLateSuccessesOfAnOlderGeneration) {
  constexpr int kStragglers = 3;
  Barrier admitted(kCallers + kStragglers);
  Barrier reset(kCallers + kStragglers);
  Rounds(
      kCallers + kStragglers, kRounds,
      [&](int thread, int) {
        const bool fails = thread < kCallers;
        std::vector<Permit> old;
        for (int i = 0; !fails && i < 5; ++i) old.push_back(Admit());
        admitted.Wait();
        if (thread == 0) breaker_->Reset();
        reset.Wait();
        if (fails) Settle(Admit(), Outcome::kFailure);
        for (Permit& permit : old) {
          Settle(std::move(permit), Outcome::kSuccess);
        }
      },
      [&](int round) { ExpectOpenAndReset(round); });
}

INSTANTIATE_TEST_SUITE_P(OfEveryRule, EveryFailureCounts,
                         testing::Values(Settings(), OpensAtAScoreOfTen()),
                         [](const auto& row) {
                           return row.param.failure_score ? "Score"
                                                          : "Consecutive";
                         });

// Successes that have returned took their points, however they met each other
// and the failures.
TEST(EverySuccessCounts, AgainstTheFailureScoreOnFiveThreads) {
  ManualClock clock;
  Breaker::Options options;
  options.clock = &clock;
  Settings settings = OpensAtAScoreOfTen();
  settings.failure_score = FailureScore{1000, 4, 1};
  settings.failure_rate = FailureRate{1, 1000};
  const auto breaker = Breaker::Create("b", settings, options);
  const auto call = [&](Outcome outcome) {
    Admission admission = breaker->Acquire();
    EXPECT_TRUE(admission.permit.Finish({outcome}, clock.Now()));
  };
  Barrier failed(kCallers);
  Rounds(
      kCallers, kRounds,
      [&](int, int) {
        call(Outcome::kFailure);
        call(Outcome::kFailure);
        failed.Wait();
        for (int i = 0; i < 5; ++i) call(Outcome::kSuccess);
        call(Outcome::kFailure);
      },
      [&](int round) {
        // Ten failures less 25 successes cannot reach 0 on the way.
        EXPECT_EQ(breaker->TakeSnapshot().failure_score, 35u) << round;
        breaker->Reset();
      });
}

}  // namespace
}  // namespace fusebox
