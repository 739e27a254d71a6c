// clock.h: where all time comes from.
//
// Fusebox measures with a monotonic clock only. A machine whose wall clock is
// set back an hour opens and closes its circuits as before. The wall clock is
// read for people, who want to know when something happened, and for the
// deadlines of RPCs, which gRPC keeps on the wall clock.
//
// A breaker never reads a clock on its own: operations take `now`, and the
// overloads without it ask the Clock that the breaker was given.

#ifndef FUSEBOX_BASE_CLOCK_H_
#define FUSEBOX_BASE_CLOCK_H_

#include <chrono>

namespace fusebox {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// A source of time. Thread-safe; its members never throw.
class Clock {
 public:
  virtual ~Clock() = default;

  // Returns the monotonic time.
  virtual TimePoint Now() const noexcept = 0;

  // Returns the wall clock's time. By default, the system's.
  virtual std::chrono::system_clock::time_point WallNow() const noexcept;
};

// Returns std::chrono::steady_clock, with a resolution of one nanosecond. It
// lives for ever.
const Clock& PreciseClock();

// Returns CLOCK_MONOTONIC_COARSE where the system has it, and the precise clock
// elsewhere. It costs a fifth and has a resolution of a few milliseconds. Use
// it for guarded calls so short that reading the time is most of their cost; an
// RPC is not one of them. It lives for ever.
const Clock& CoarseClock();

// Returns `at + length`, or the last point of time where that would overflow.
TimePoint SaturatingAdd(TimePoint at, Duration length) noexcept;

}  // namespace fusebox

#endif  // FUSEBOX_BASE_CLOCK_H_
