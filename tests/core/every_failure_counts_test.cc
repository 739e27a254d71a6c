// every_failure_counts_test.cc: five failures without a success in between open
// the circuit, whatever other threads did before.

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/core/threads.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 5;
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
  State state() const { return breaker_->TakeSnapshot().state; }

  ManualClock clock_;
  std::unique_ptr<Breaker> breaker_;
};

TEST_F(EveryFailureCounts, OnFiveThreadsThatOnlyFail) {
  Barrier barrier(kThreads);
  OnThreads(kThreads, [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      Permit permit = Admit();
      barrier.Wait();
      Settle(std::move(permit), Outcome::kFailure);
      barrier.Wait();
      if (thread == 0) {
        EXPECT_EQ(state(), State::kOpen) << "round " << round;
        breaker_->Reset();
      }
      barrier.Wait();
    }
  });
  EXPECT_EQ(breaker_->TakeSnapshot().totals.failures,
            static_cast<uint64_t>(kThreads) * kRounds);
}

TEST_F(EveryFailureCounts, OnEightThreadsAndThreeOfThemAreLate) {
  constexpr int kEight = 8;
  Barrier barrier(kEight);
  OnThreads(kEight, [&](int thread) {
    for (uint64_t round = 1; round <= kRounds; ++round) {
      Permit permit = Admit();
      barrier.Wait();
      Settle(std::move(permit), Outcome::kFailure);
      barrier.Wait();
      if (thread == 0) {
        EXPECT_EQ(breaker_->TakeSnapshot().totals.late, 3 * round);
        breaker_->Reset();
      }
      barrier.Wait();
    }
  });
}

TEST_F(EveryFailureCounts, ButNotAfterAResetIfItBeganBefore) {
  Barrier barrier(kThreads);
  OnThreads(kThreads, [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      Permit permit = Admit();
      barrier.Wait();
      if (thread == 0) {
        breaker_->Reset();
      } else {
        Settle(std::move(permit), Outcome::kFailure);
      }
      barrier.Wait();
      if (thread == 0) {
        EXPECT_EQ(breaker_->TakeSnapshot().consecutive_failures, 0u)
            << "round " << round;
      }
      barrier.Wait();
    }
  });
}

TEST_F(EveryFailureCounts, AfterSuccessesThatHaveReturned) {
  Barrier barrier(kThreads);
  OnThreads(kThreads, [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      // Runs of up to four failures, each of which a success ends.
      for (int i = 0; i < 4; ++i) {
        Settle(Admit(), (thread + i) % kThreads == 0 ? Outcome::kFailure
                                                     : Outcome::kSuccess);
      }
      Permit permit = Admit();
      barrier.Wait();
      Settle(std::move(permit), Outcome::kFailure);
      barrier.Wait();
      if (thread == 0) {
        EXPECT_EQ(state(), State::kOpen) << "round " << round;
        breaker_->Reset();
      }
      barrier.Wait();
    }
  });
}

TEST_F(EveryFailureCounts, DespiteLateSuccessesOfAnOlderGeneration) {
  constexpr int kStragglers = 3;
  Barrier barrier(kThreads + kStragglers);
  OnThreads(kThreads + kStragglers, [&](int thread) {
    const bool fails = thread < kThreads;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<Permit> old;
      if (!fails) {
        for (int i = 0; i < 5; ++i) old.push_back(Admit());
      }
      barrier.Wait();
      if (thread == 0) breaker_->Reset();
      barrier.Wait();
      if (fails) {
        Settle(Admit(), Outcome::kFailure);
      } else {
        for (Permit& permit : old) {
          Settle(std::move(permit), Outcome::kSuccess);
        }
      }
      barrier.Wait();
      if (thread == 0) {
        EXPECT_EQ(state(), State::kOpen) << "round " << round;
        breaker_->Reset();
      }
      barrier.Wait();
    }
  });
}

}  // namespace
}  // namespace fusebox
