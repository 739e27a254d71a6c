// clock.h: the clock that all time comes from.
//
// Fusebox measures time with a monotonic clock. Circuits open and close as
// before if the wall clock is set back an hour. The wall clock is read only for
// people, who want to know when something happened, and for the deadlines of
// RPCs, which gRPC keeps on it.
//
// Operations of a breaker take the monotonic time as an argument, `now`. Those
// without it ask the clock that the breaker was made with:
//
//   fusebox::Breaker::Options options;
//   options.clock = &fusebox::CoarseClock();
//   auto breaker = fusebox::Breaker::Create("parser", settings, options);

#ifndef FUSEBOX_BASE_CLOCK_H_
#define FUSEBOX_BASE_CLOCK_H_

#include <chrono>

#include "fusebox/base/internal/export.h"

namespace fusebox {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// A source of time. Implementations must be thread-safe and must not throw.
class FUSEBOX_EXPORT Clock {
 public:
  virtual ~Clock() = default;

  // Returns the monotonic time.
  virtual TimePoint Now() const noexcept = 0;

  // Returns the time of the wall clock. The default is the system's clock.
  virtual std::chrono::system_clock::time_point WallNow() const noexcept;
};

// Returns std::chrono::steady_clock, which has a resolution of one nanosecond.
// The clock is never destroyed.
FUSEBOX_EXPORT const Clock& PreciseClock();

// Returns CLOCK_MONOTONIC_COARSE if the system has it, else the precise clock.
// It costs a fifth of the precise clock and has a resolution of a few
// milliseconds. Use it for calls that are so short that reading the time is
// most of their cost; an RPC is not. The clock is never destroyed.
FUSEBOX_EXPORT const Clock& CoarseClock();

// Returns `at + length`, or TimePoint::max() if that would overflow.
FUSEBOX_EXPORT TimePoint SaturatingAdd(TimePoint at, Duration length) noexcept;

}  // namespace fusebox

#endif  // FUSEBOX_BASE_CLOCK_H_
