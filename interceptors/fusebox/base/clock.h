// clock.h: the one door through which time comes.
//
// A breaker never reads a clock behind the caller's back: operations take
// `now`, and the overloads without it ask the Clock that the breaker was given.
// Wall-clock time appears nowhere; a machine whose clock is set back an hour
// opens and closes its circuits as before.

#ifndef FUSEBOX_BASE_CLOCK_H_
#define FUSEBOX_BASE_CLOCK_H_

#include <chrono>

namespace fusebox {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// A source of monotonic time. Thread-safe; Now() never throws.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const noexcept = 0;
};

// std::chrono::steady_clock, to the nanosecond. Lives for ever.
const Clock& PreciseClock();

// CLOCK_MONOTONIC_COARSE where the system has it, else the precise clock: a
// fifth of the cost, a few milliseconds of resolution. For guarded calls so
// short that reading the time is most of their cost; an RPC is not one of
// them. Lives for ever.
const Clock& CoarseClock();

// `at + length`, or the last point of time there is where that would overflow.
TimePoint SaturatingAdd(TimePoint at, Duration length) noexcept;

}  // namespace fusebox

#endif  // FUSEBOX_BASE_CLOCK_H_
