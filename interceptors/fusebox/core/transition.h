// transition.h: describes one change of a breaker.
//
// Breakers hand their transitions to a TransitionSink (transition_queue.h).
//
//   void Log(const fusebox::Transition& t) {
//     std::cerr << t.breaker << ": " << t.from << " -> " << t.to << " ("
//               << t.cause.reason << ")\n";
//   }

#ifndef FUSEBOX_CORE_TRANSITION_H_
#define FUSEBOX_CORE_TRANSITION_H_

#include <cstdint>
#include <functional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {

// Why the state changed, with the numbers that decided it.
struct Cause {
  TransitionReason reason = TransitionReason::kOperator;

  // kConsecutiveFailures: the consecutive failures. kFailureRate: the failures
  // in the window. kProbeFailed: 1. Otherwise 0.
  uint32_t failures = 0;

  // How long the call took whose verdict opened the circuit: short if the
  // backend is gone, a whole deadline if it hangs. Otherwise 0.
  Duration last_duration{0};

  // kFailureRate and kSlowCallRate: the calls in the window. kSlowCallRate: the
  // slow calls among them. Otherwise 0.
  uint32_t calls = 0;
  uint32_t slow_calls = 0;
};

// One change of one breaker. A change of mode, or a reset of a closed circuit,
// has `from == to` and the reason OPERATOR.
struct Transition {
  // The breaker's name.
  std::string breaker;

  State from = State::kClosed;
  State to = State::kClosed;
  Cause cause;

  // The mode in force after the change.
  Mode mode = Mode::kEnforce;

  // The generation after the change. Each change of state and each reset adds
  // one, so a gap shows that transitions in between were dropped.
  uint64_t generation = 0;

  // When it happened, on the breaker's clock.
  TimePoint at{};

  // If `to` is OPEN: how long the opening lasts, and its position in the run of
  // consecutive openings (1 = first). Otherwise 0.
  Duration open_duration{0};
  uint32_t openings = 0;
};

using TransitionListener = std::function<void(const Transition&)>;

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TRANSITION_H_
