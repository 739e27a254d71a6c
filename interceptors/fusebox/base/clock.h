// clock.h: the clock that every breaker reads time from.
//
// All time in Fusebox is monotonic and comes from a Clock. Operations of a
// breaker take the time as an argument, `now`; those without it ask the clock
// that the breaker was made with. Wall-clock time decides nothing: circuits
// open and close as before if the system's clock is set back an hour.
//
//   fusebox::Breaker::Options options;
//   options.clock = &fusebox::CoarseClock();
//   auto breaker = fusebox::Breaker::Create("parser", settings, options);

#ifndef FUSEBOX_BASE_CLOCK_H_
#define FUSEBOX_BASE_CLOCK_H_

#include <chrono>

namespace fusebox {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// A source of monotonic time. Implementations must be thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Returns the present time. Never throws.
  virtual TimePoint Now() const noexcept = 0;
};

// Returns std::chrono::steady_clock, which is exact to the nanosecond. The
// clock is never destroyed.
const Clock& PreciseClock();

// Returns CLOCK_MONOTONIC_COARSE if the system has it, else the precise clock.
// It costs a fifth of the precise clock and has a resolution of a few
// milliseconds. Use it for calls that are so short that reading the time is
// most of their cost; an RPC is not. The clock is never destroyed.
const Clock& CoarseClock();

// Returns `at + length`, or TimePoint::max() if that would overflow.
TimePoint SaturatingAdd(TimePoint at, Duration length) noexcept;

}  // namespace fusebox

#endif  // FUSEBOX_BASE_CLOCK_H_
