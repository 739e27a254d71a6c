// manual_clock.h: a clock that a test sets.
//
//   fusebox::ManualClock clock;
//   fusebox::Registry::Options options;
//   options.clock = &clock;
//   ...
//   clock.Advance(std::chrono::seconds(60));

#ifndef FUSEBOX_TESTING_MANUAL_CLOCK_H_
#define FUSEBOX_TESTING_MANUAL_CLOCK_H_

#include <atomic>
#include <chrono>
#include <limits>

#include "fusebox/base/clock.h"

namespace fusebox {

// Thread-safe. Starts at one hour.
class ManualClock final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    return TimePoint(Duration(now_.load(std::memory_order_acquire)));
  }

  // Returns the system's wall clock until SetWall() is called: the deadlines of
  // real RPCs are on that one.
  std::chrono::system_clock::time_point WallNow() const noexcept override {
    const Duration::rep ahead = wall_ahead_.load(std::memory_order_acquire);
    if (ahead == kSystem) return Clock::WallNow();
    return Wall(std::chrono::duration_cast<Wall::duration>(
        Now().time_since_epoch() + Duration(ahead)));
  }

  // Moves the time on, or backwards if `by` is negative. Moves the wall clock
  // with it once SetWall() has been called.
  void Advance(Duration by) {
    now_.fetch_add(by.count(), std::memory_order_acq_rel);
  }

  // Sets the wall clock alone, as an administrator does.
  void SetWall(std::chrono::system_clock::time_point wall) {
    wall_ahead_.store(
        (std::chrono::duration_cast<Duration>(wall.time_since_epoch()) -
         Now().time_since_epoch())
            .count(),
        std::memory_order_release);
  }

 private:
  using Wall = std::chrono::system_clock::time_point;
  static constexpr Duration::rep kSystem =
      std::numeric_limits<Duration::rep>::min();

  std::atomic<Duration::rep> now_{
      std::chrono::duration_cast<Duration>(std::chrono::hours(1)).count()};
  std::atomic<Duration::rep> wall_ahead_{kSystem};
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTING_MANUAL_CLOCK_H_
