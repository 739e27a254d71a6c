#include "fusebox/base/clock.h"

#include <time.h>

#include <chrono>

namespace fusebox {
namespace {

class Precise final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    return std::chrono::steady_clock::now();
  }
};

class Coarse final : public Clock {
 public:
  TimePoint Now() const noexcept override {
#ifdef CLOCK_MONOTONIC_COARSE
    timespec now;
    if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) {
      return TimePoint(std::chrono::seconds(now.tv_sec) +
                       Duration(now.tv_nsec));
    }
#endif
    return PreciseClock().Now();
  }
};

}  // namespace

std::chrono::system_clock::time_point Clock::WallNow() const noexcept {
  return std::chrono::system_clock::now();
}

const Clock& PreciseClock() {
  static const Precise* const clock = new Precise;
  return *clock;
}

const Clock& CoarseClock() {
  static const Coarse* const clock = new Coarse;
  return *clock;
}

TimePoint SaturatingAdd(TimePoint at, Duration length) noexcept {
  if (length > Duration::zero() && at > TimePoint::max() - length) {
    return TimePoint::max();
  }
  return at + length;
}

}  // namespace fusebox
