// manual_clock.h: a clock that moves only when a test moves it.
//
//   fusebox::ManualClock clock;
//   ... {.clock = &clock} ...
//   clock.Advance(std::chrono::seconds(60));

#ifndef FUSEBOX_TESTING_MANUAL_CLOCK_H_
#define FUSEBOX_TESTING_MANUAL_CLOCK_H_

#include <atomic>
#include <chrono>

#include "fusebox/base/clock.h"

namespace fusebox {

// Thread-safe. Starts at one hour.
class ManualClock final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    return TimePoint(Duration(now_.load(std::memory_order_acquire)));
  }

  // Moves the time forward, or backward if `by` is negative.
  void Advance(Duration by) {
    now_.fetch_add(by.count(), std::memory_order_acq_rel);
  }

 private:
  std::atomic<Duration::rep> now_{
      std::chrono::duration_cast<Duration>(std::chrono::hours(1)).count()};
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_MANUAL_CLOCK_H_
