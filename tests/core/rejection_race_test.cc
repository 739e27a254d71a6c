// rejection_race_test.cc: a rejection never mixes two openings.
//
// One thread opens the circuit again and again. The cause and the length of the
// k-th opening both identify it: its last call took k nanoseconds, and its
// push-back is computed from k. Other threads read rejections, which take no
// lock, and compare the two.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "fusebox/core/breaker.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/base/threads.h"

namespace fusebox {
namespace {

constexpr int kReaders = 3;
constexpr int64_t kOpenings = 30'000;

// Differs between consecutive openings, both up and down.
Duration LengthOf(int64_t opening) {
  return Duration(2 + opening * 7919 % 100'003);
}

class RejectionRace : public testing::Test {
 protected:
  RejectionRace() {
    Settings settings;
    settings.consecutive_failures = 1;
    settings.open_duration = Duration(1);
    settings.half_open.timeout = Duration::max();
    Breaker::Options options;
    options.clock = &clock_;
    breaker_ = Breaker::Create("b", settings, options);
    Open(1);
  }

  // Opens the circuit once more. Returns false if the call that should open it
  // does not pass.
  bool Open(int64_t opening) {
    Admission admission = breaker_->Acquire(now_);
    if (!admission) return false;
    EXPECT_TRUE(admission.permit.Settle(
        {Outcome::kFailure, Duration(opening), LengthOf(opening)}, now_));
    middle_.store(now_ + LengthOf(opening) / 2);
    now_ += LengthOf(opening);
    return true;
  }

  // Returns whether the rejection fits one of the openings.
  static bool Consistent(const Rejection& rejection) {
    const int64_t opening = rejection.cause.last_duration.count();
    if (opening < 1 || opening > kOpenings || !rejection.retry_after) {
      return false;
    }
    if (rejection.reason == RejectionReason::kProbesBusy) {
      return rejection.retry_after == Duration(0);
    }
    return rejection.cause.reason ==
               (opening == 1 ? TransitionReason::kConsecutiveFailures
                             : TransitionReason::kProbeFailed) &&
           rejection.retry_after > Duration(0) &&
           rejection.retry_after <= LengthOf(opening);
  }

  ManualClock clock_;
  std::unique_ptr<Breaker> breaker_;
  TimePoint now_ = clock_.Now();         // used by the opening thread only
  std::atomic<TimePoint> middle_{now_};  // the middle of the newest opening
  std::atomic<bool> done_{false};
};

TEST_F(RejectionRace, RetryAfterAndCauseBelongToTheSameOpening) {
  std::atomic<int64_t> openings_seen{0};
  OnThreads(1 + kReaders, [&](int thread) {
    if (thread == 0) {
      // The other threads never ask at a time when an opening is over, so this
      // thread makes all probes.
      for (int64_t opening = 2; opening <= kOpenings; ++opening) {
        EXPECT_TRUE(Open(opening)) << opening;
      }
      done_ = true;
      return;
    }
    int64_t last_seen = 0;
    while (!done_) {
      // A time before the opening counts as its beginning, so exactly the whole
      // opening is left. Every second thread asks in the middle instead.
      const bool exact = thread % 2 == 1;
      const TimePoint now = exact ? TimePoint::min() : middle_.load();
      const Admission admission = breaker_->Acquire(now);
      if (admission) {
        ADD_FAILURE() << "admitted before its time";
        continue;
      }
      const Rejection& rejection = *admission.rejection;
      const int64_t opening = rejection.cause.last_duration.count();
      EXPECT_TRUE(Consistent(rejection))
          << rejection.reason << " of opening " << opening << ", left "
          << rejection.retry_after.value_or(Duration(-1)).count();
      if (exact && rejection.reason == RejectionReason::kOpen) {
        EXPECT_EQ(rejection.retry_after, LengthOf(opening)) << opening;
      }
      EXPECT_GE(opening, last_seen) << "an older opening";
      if (opening > last_seen) ++openings_seen;
      last_seen = opening;
    }
  });
  EXPECT_GT(openings_seen, 0);
}

}  // namespace
}  // namespace fusebox
