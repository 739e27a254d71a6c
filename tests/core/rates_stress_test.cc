// rates_stress_test.cc: rates, bulkhead and updates of settings under load.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "fusebox/core/breaker.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/base/threads.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

constexpr int kRateThreads = 4;

class RatesStress : public testing::TestWithParam<Window> {
 protected:
  std::unique_ptr<Breaker> Make(const Settings& settings) {
    Breaker::Options options;
    options.clock = &clock_;
    return Breaker::Create("b", settings, options);
  }
  static Settings Rated(const Window& window) {
    Settings settings;
    settings.consecutive_failures = 0;
    settings.window = window;
    settings.failure_rate = FailureRate{
        0.5, window.calls == 0 ? 100 : std::min(window.calls, 100u)};
    return settings;
  }
  ManualClock clock_;
};

// The window of a failure contains all successes that have returned. After 60
// of them, the 60th failure reaches one half, and no earlier one does.
TEST_P(RatesStress, AFailureSeesEverySuccessThatReturnedBeforeIt) {
  constexpr int kRepeats = 1500;
  constexpr int kEach = 15;
  const auto breaker = Make(Rated(GetParam()));
  ASSERT_NE(breaker, nullptr);
  const auto call = [&](Outcome outcome) {
    Admission admission = breaker->Acquire();
    ASSERT_TRUE(admission);
    admission.permit.Finish({outcome}, clock_.Now());
  };
  Rounds(
      kRateThreads, kRepeats,
      [&](int, int) {
        for (int i = 0; i < kEach; ++i) call(Outcome::kSuccess);
      },
      [&](int round) {
        for (int i = 1; i < kRateThreads * kEach; ++i) call(Outcome::kFailure);
        ASSERT_EQ(breaker->TakeSnapshot().state, State::kClosed) << round;
        call(Outcome::kFailure);
        const Snapshot snapshot = breaker->TakeSnapshot();
        ASSERT_EQ(snapshot.state, State::kOpen) << round;
        ASSERT_EQ(snapshot.opened_by.calls, 2u * kRateThreads * kEach) << round;
        breaker->Reset();
        clock_.Advance(300ms);
      });
}

TEST_P(RatesStress, ASuccessThatOverlapsAResetDoesNotEnterTheNewWindow) {
  constexpr int kRepeats = 5000;
  const auto breaker = Make(Rated(GetParam()));
  Barrier admitted(kRateThreads);
  Rounds(
      kRateThreads, kRepeats,
      [&](int thread, int) {
        Admission admission = breaker->Acquire();
        ASSERT_TRUE(admission);
        admitted.Wait();
        if (thread == 0) {
          breaker->Reset();
        } else {
          admission.permit.Finish({Outcome::kSuccess}, clock_.Now());
        }
      },
      [&](int round) {
        ASSERT_EQ(breaker->TakeSnapshot().window.calls, 0u) << round;
      });
}

TEST_P(RatesStress, TheBulkheadNeverExceedsItsLimitAndEmptiesAgain) {
  constexpr uint32_t kMax = 3;
  Settings settings = Rated(GetParam());
  settings.max_concurrent_calls = kMax;
  const auto breaker = Make(settings);
  std::atomic<uint32_t> in_flight{0};
  std::atomic<int> rejected{0};
  OnThreads(kRateThreads * 2, [&](int thread) {
    for (int i = 0; i < 5000; ++i) {
      Admission admission = breaker->Acquire();
      if (!admission) {
        ++rejected;
        continue;
      }
      EXPECT_LE(++in_flight, kMax);
      if (i % 64 == 0) std::this_thread::yield();
      --in_flight;
      if ((i + thread) % 3 != 0) {
        admission.permit.Settle({Outcome::kSuccess}, clock_.Now());
      }
    }
  });
  EXPECT_EQ(breaker->TakeSnapshot().concurrent_calls, 0u);
  EXPECT_EQ(breaker->TakeSnapshot().totals.in_flight(), 0u);
}

TEST_P(RatesStress, UpdatesUnderLoadLoseAndRejectNoCall) {
  const auto breaker = Make(Rated(GetParam()));
  std::atomic<bool> done{false};
  std::atomic<uint64_t> calls{0};
  OnThreads(kRateThreads + 1, [&](int thread) {
    if (thread == kRateThreads) {
      const Window shapes[] = {GetParam(), Window::OfCalls(10),
                               Window::OfTime(1s), Window::OfTime(10us),
                               Window::OfCalls(4096)};
      for (int i = 0; i < 2000; ++i) {
        Settings settings = Rated(shapes[i % 5]);
        if (i % 3 == 0) settings.failure_rate.reset();
        if (i % 7 == 0) settings.max_concurrent_calls = 1000;
        ASSERT_TRUE(breaker->Update(settings, clock_.Now()));
        clock_.Advance(i % 2 == 0 ? 1us : 100ms);
      }
      done = true;
      return;
    }
    uint64_t mine = 0;
    for (; !done; ++mine) {
      Admission admission = breaker->Acquire();
      ASSERT_TRUE(admission) << admission.rejection->reason;
      const bool fails = mine % 50 == 0;  // 2 %, so no rule trips
      admission.permit.Finish({fails ? Outcome::kFailure : Outcome::kSuccess},
                              clock_.Now());
    }
    calls += mine;
  });
  const Snapshot end = breaker->TakeSnapshot();
  EXPECT_EQ(end.generation, 1u);
  EXPECT_EQ(end.totals.admitted, calls);
  EXPECT_EQ(end.totals.successes + end.totals.failures, calls);
  EXPECT_EQ(end.totals.in_flight(), 0u);
  EXPECT_EQ(end.concurrent_calls, 0u);
}

INSTANTIATE_TEST_SUITE_P(Windows, RatesStress,
                         testing::Values(Window::OfTime(10s),
                                         Window::OfCalls(1000)),
                         [](const testing::TestParamInfo<Window>& of) {
                           return of.param.calls == 0 ? "OfTime" : "OfCalls";
                         });

}  // namespace
}  // namespace fusebox
