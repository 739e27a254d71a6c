// every_failure_counts_test.cc: five failures without a success in between open
// the circuit, whatever other threads did before.

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/base/threads.h"

namespace fusebox {
namespace {

constexpr int kCallers = 5;
constexpr int kRounds = 3000;

class EveryFailureCounts : public testing::Test {
 protected:
  EveryFailureCounts() {
    Breaker::Options options;
    options.clock = &clock_;
    breaker_ = Breaker::Create("b", Settings(), options);
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

TEST_F(EveryFailureCounts, OnFiveThreadsThatOnlyFail) {
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

TEST_F(EveryFailureCounts, OnEightThreadsAndThreeOfThemAreLate) {
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

TEST_F(EveryFailureCounts, ButNotAfterAResetIfItBeganBefore) {
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
        EXPECT_EQ(breaker_->TakeSnapshot().consecutive_failures, 0u)
            << "round " << round;
      });
}

TEST_F(EveryFailureCounts, AfterSuccessesThatHaveReturned) {
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

TEST_F(EveryFailureCounts, DespiteLateSuccessesOfAnOlderGeneration) {
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

}  // namespace
}  // namespace fusebox
