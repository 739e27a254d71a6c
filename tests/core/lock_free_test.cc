// lock_free_test.cc: calls that need no lock proceed while it is held.
//
// A sink receives transitions under the breaker's lock. The sink of these tests
// stays there until the test releases it. A call that took the lock would hang,
// and the test would time out.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "fusebox/core/breaker.h"
#include "fusebox/testing/manual_clock.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

class Holder final : public TransitionSink {
 public:
  void Push(const Transition&, const void*) noexcept override {
    if (!armed) return;
    armed = false;
    held.set_value();
    release.get_future().wait();
  }
  void Flush() noexcept override {}

  bool armed = false;
  std::promise<void> held;
  std::promise<void> release;
};

class LockFree : public testing::Test {
 protected:
  void Make(const Settings& settings) {
    Breaker::Options options;
    options.clock = &clock_;
    options.sink = &holder_;
    breaker_ = Breaker::Create("b", settings, options);
    ASSERT_NE(breaker_, nullptr);
  }

  static Settings OpensAtOnce() {
    Settings settings;
    settings.consecutive_failures = 1;
    return settings;
  }

  void Call(Outcome outcome) {
    Admission admission = breaker_->Acquire();
    ASSERT_TRUE(admission);
    EXPECT_TRUE(admission.permit.Finish({outcome, 1ms}, clock_.Now()));
  }

  // Runs `f` while another thread, which runs `under_lock`, holds the lock.
  template <typename F, typename G>
  void While(F under_lock, G f) {
    holder_.armed = true;
    std::thread other(under_lock);
    holder_.held.get_future().wait();
    f();
    holder_.release.set_value();
    other.join();
  }

  ManualClock clock_;
  Holder holder_;
  std::unique_ptr<Breaker> breaker_;
};

// Healthy calls with every shape of window.
class HealthyCalls : public LockFree,
                     public testing::WithParamInterface<Settings> {};

TEST_P(HealthyCalls, PassAndSucceedWhileTheLockIsHeld) {
  Make(GetParam());
  for (int i = 0; i < 3; ++i) Call(Outcome::kSuccess);
  While([&] { breaker_->SetOperatorMode(Mode::kDryRun); },
        [&] {
          for (int i = 0; i < 200; ++i) {
            Call(Outcome::kSuccess);
            Call(Outcome::kIgnored);
            // Moves to the next bucket, or beyond the whole window.
            clock_.Advance(i % 10 == 0 ? 30s : 700ms);
          }
        });
  const Snapshot end = breaker_->TakeSnapshot();
  EXPECT_EQ(end.totals.successes, 203u);
  EXPECT_EQ(end.totals.in_flight(), 0u);
}

Settings Shaped(const Window& window) {
  Settings settings;
  settings.failure_rate = FailureRate{0.5, 1};
  settings.slow_call_rate = SlowCallRate{1s, 0.5, 1};
  settings.window = window;
  return settings;
}

INSTANTIATE_TEST_SUITE_P(OfEveryShape, HealthyCalls,
                         testing::Values(Settings(),
                                         Shaped(Window::OfTime(10s)),
                                         Shaped(Window::OfCalls(100))));

TEST_F(LockFree, ASuccessEndsAFailureRun) {
  Make(Shaped(Window::OfTime(10s)));
  for (int i = 0; i < 9; ++i) Call(Outcome::kSuccess);
  Call(Outcome::kFailure);
  While([&] { breaker_->SetOperatorMode(Mode::kDryRun); },
        [&] { Call(Outcome::kSuccess); });
  EXPECT_EQ(breaker_->TakeSnapshot().consecutive_failures, 0u);
}

TEST_F(LockFree, ASuccessLowersTheFailureScore) {
  Settings settings = Shaped(Window::OfTime(10s));
  settings.failure_score = FailureScore{20};
  Make(settings);
  for (int i = 0; i < 9; ++i) Call(Outcome::kSuccess);
  Call(Outcome::kFailure);
  While([&] { breaker_->SetOperatorMode(Mode::kDryRun); },
        [&] { Call(Outcome::kSuccess); });
  EXPECT_EQ(breaker_->TakeSnapshot().failure_score, 1u);
}

TEST_F(LockFree, OpenRejectsCalls) {
  Make(OpensAtOnce());
  While([&] { Call(Outcome::kFailure); },
        [&] {
          for (int i = 0; i < 100; ++i) {
            const Admission admission = breaker_->Acquire();
            ASSERT_TRUE(admission.rejection.has_value());
            EXPECT_EQ(admission.rejection->retry_after, 60s);
          }
        });
}

// The caller might end the opening early, but does not.
TEST_F(LockFree, OpenRejectsCallsWithConnectivity) {
  class Down final : public Connectivity {
    bool IsDown() noexcept override { return true; }
    bool HasComeBack(TimePoint, TimePoint) noexcept override { return false; }
  } down;
  Settings settings = OpensAtOnce();
  settings.half_open.early_on_reconnect = true;
  Make(settings);
  While([&] { Call(Outcome::kFailure); },
        [&] {
          const Admission admission =
              breaker_->Acquire(clock_.Now(), CallShape::kUnary, &down);
          ASSERT_TRUE(admission.rejection.has_value());
          EXPECT_EQ(admission.rejection->retry_after, 60s);
        });
}

TEST_F(LockFree, ALateVerdictIsCounted) {
  Make(OpensAtOnce());
  Admission late = breaker_->Acquire();
  While([&] { Call(Outcome::kFailure); },
        [&] { late.permit.Finish({Outcome::kFailure}, clock_.Now()); });
  EXPECT_EQ(breaker_->TakeSnapshot().totals.late, 1u);
}

}  // namespace
}  // namespace fusebox
