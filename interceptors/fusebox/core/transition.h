// transition.h: what a listener is told when a circuit changes.

#ifndef FUSEBOX_CORE_TRANSITION_H_
#define FUSEBOX_CORE_TRANSITION_H_

#include <cstdint>
#include <functional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {

// What opened a circuit, with the numbers it was judged by.
struct Cause {
  TransitionReason reason = TransitionReason::kOperator;

  // kConsecutiveFailures: the length of the run. kFailureRate: the failures in
  // the window. kProbeFailed: 1. Else 0.
  uint32_t failures = 0;

  // How long the call took that was the last straw: short where a backend is
  // gone, a deadline where it hangs.
  Duration last_duration{0};

  // kFailureRate, kSlowCallRate: the calls in the window, and those of them
  // that were slow (kSlowCallRate only). Else 0.
  uint32_t calls = 0;
  uint32_t slow_calls = 0;
};

// One change of one breaker. A change of mode is told with `from == to` and
// the reason OPERATOR; a reset of a closed circuit likewise.
struct Transition {
  // The breaker's name.
  std::string breaker;

  State from = State::kClosed;
  State to = State::kClosed;
  Cause cause;

  // The mode in force after it.
  Mode mode = Mode::kEnforce;

  // The generation in force after it. Each change of state counts it up by
  // one, so a gap shows that transitions in between were dropped.
  uint64_t generation = 0;

  // When, on the clock that the breaker is driven by.
  TimePoint at{};

  // If `to` is OPEN: how long it lasts, and the how-manieth opening in a row
  // it is (1 for the first). Else 0.
  Duration open_duration{0};
  uint32_t openings = 0;
};

using TransitionListener = std::function<void(const Transition&)>;

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TRANSITION_H_
