// types.h: the states, modes, outcomes and reasons of circuit breaking.
//
// Name() and operator<< give each enumerator the name that operators see
// everywhere (configs, logs, rejections, tools): upper case with underscores.
//
//   std::cout << fusebox::State::kHalfOpen;  // HALF_OPEN

#ifndef FUSEBOX_CORE_TYPES_H_
#define FUSEBOX_CORE_TYPES_H_

#include <cstdint>
#include <ostream>
#include <string_view>
#include <type_traits>
#include <utility>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// The state of a circuit. internal/machine.h lists all transitions.
enum class State : uint8_t {
  kClosed,    // calls pass
  kOpen,      // calls are rejected until the opening is over
  kHalfOpen,  // a few calls pass as probes, and their outcomes decide
};
inline constexpr int kStateCount = 3;

// What the breaker does with the state.
enum class Mode : uint8_t {
  kEnforce,     // the state decides whether a call passes
  kDryRun,      // the state changes as in kEnforce, but every call passes
  kDisabled,    // every call passes, and no outcome is judged ("force closed")
  kForcedOpen,  // every call is rejected ("force open")
};
inline constexpr int kModeCount = 4;

// How an admitted call ended, from the circuit's point of view.
enum class Outcome : uint8_t {
  kSuccess,  // the backend did its work
  kFailure,  // the backend is at fault
  kIgnored,  // the call says nothing about the backend
};
inline constexpr int kOutcomeCount = 3;

// Why a call was rejected.
enum class RejectionReason : uint8_t {
  kOpen,          // the circuit is OPEN, and the opening is not over
  kProbesBusy,    // HALF_OPEN, and max_probes probes are in flight
  kForcedOpen,    // an operator or the config holds the circuit open
  kConcurrency,   // max_concurrent_calls calls are in flight (bulkhead)
  kRamp,          // the circuit has closed, and traffic returns gradually
  kReconnecting,  // the opening is over, but the connection is still down
};
inline constexpr int kRejectionReasonCount = 6;

// Why the state changed.
enum class TransitionReason : uint8_t {
  kConsecutiveFailures,  // CLOSED -> OPEN
  kFailureScore,         // CLOSED -> OPEN
  kFailureRate,          // CLOSED -> OPEN
  kSlowCallRate,         // CLOSED -> OPEN
  kOpenElapsed,          // OPEN -> HALF_OPEN
  kReconnected,          // OPEN -> HALF_OPEN, before the opening is over
  kProbeSucceeded,       // HALF_OPEN -> CLOSED
  kProbeFailed,          // HALF_OPEN -> OPEN
  kProbeSlow,            // HALF_OPEN -> OPEN
  kProbeTimedOut,        // HALF_OPEN -> OPEN
  kOperator,             // a reset, or (from == to) a change of mode
};
inline constexpr int kTransitionReasonCount = 11;

// How a half-open circuit judges a probe whose lease is over and that has no
// verdict: a unary call is hung, which is a failure; a stream is merely idle.
enum class CallShape : uint8_t { kUnary, kStream };

// Prints an enumerator that has a Name().
template <typename Enum,
          typename = std::enable_if_t<std::is_enum_v<Enum>,
                                      decltype(Name(std::declval<Enum>()))>>
std::ostream& operator<<(std::ostream& os, Enum value) {
  return os << Name(value);
}

// Return the name of the enumerator, or "?" if there is none of that value.
FUSEBOX_EXPORT std::string_view Name(State state);
FUSEBOX_EXPORT std::string_view Name(Mode mode);
FUSEBOX_EXPORT std::string_view Name(Outcome outcome);
FUSEBOX_EXPORT std::string_view Name(RejectionReason reason);
FUSEBOX_EXPORT std::string_view Name(TransitionReason reason);

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TYPES_H_
