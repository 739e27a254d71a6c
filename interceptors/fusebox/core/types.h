// types.h: the words of circuit breaking, and their names in print.
//
// Every enumerator is printed in the form operators see everywhere (configs,
// logs, rejections, tools): upper case with underscores, `HALF_OPEN`.

#ifndef FUSEBOX_CORE_TYPES_H_
#define FUSEBOX_CORE_TYPES_H_

#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// Where the circuit is. The table of transitions stands in machine.h.
enum class State : uint8_t {
  kClosed,    // calls pass
  kOpen,      // calls are rejected until the opening is over
  kHalfOpen,  // a few calls pass as probes; what becomes of them decides
};
inline constexpr int kStateCount = 3;

// How much the state matters.
enum class Mode : uint8_t {
  kEnforce,     // the state decides
  kDryRun,      // the state is kept in full, but every call passes
  kDisabled,    // every call passes and none is judged ("force closed")
  kForcedOpen,  // every call is rejected ("force open")
};

// How an admitted call ended, as far as the circuit is concerned.
enum class Outcome : uint8_t {
  kSuccess,  // the backend did its work
  kFailure,  // the backend is at fault
  kIgnored,  // says nothing about the backend
};

// Why a call was rejected.
enum class RejectionReason : uint8_t {
  kOpen,          // the circuit is OPEN and its time is not over
  kProbesBusy,    // HALF_OPEN, and as many probes as may be are in flight
  kForcedOpen,    // an operator or the config holds the circuit open
  kConcurrency,   // as many calls as may be are in flight (bulkhead)
  kRamp,          // the circuit has closed, and traffic comes back by and by
  kReconnecting,  // OPEN is over, and the connection is not back yet
};
inline constexpr int kRejectionReasonCount = 6;

// Why the state changed.
enum class TransitionReason : uint8_t {
  kConsecutiveFailures,  // CLOSED -> OPEN
  kFailureRate,          // CLOSED -> OPEN
  kSlowCallRate,         // CLOSED -> OPEN
  kOpenElapsed,          // OPEN -> HALF_OPEN
  kReconnected,          // OPEN -> HALF_OPEN, early
  kProbeSucceeded,       // HALF_OPEN -> CLOSED
  kProbeFailed,          // HALF_OPEN -> OPEN
  kProbeTimedOut,        // HALF_OPEN -> OPEN
  kOperator,             // a reset, or (from == to) a change of mode
};
inline constexpr int kTransitionReasonCount = 9;

// What a call is to a half-open circuit. A stream that has been silent for
// longer than the probe's lease is idle; a unary call is hung.
enum class CallShape : uint8_t { kUnary, kStream };

FUSEBOX_EXPORT std::string_view Name(State state);
FUSEBOX_EXPORT std::string_view Name(Mode mode);
FUSEBOX_EXPORT std::string_view Name(Outcome outcome);
FUSEBOX_EXPORT std::string_view Name(RejectionReason reason);
FUSEBOX_EXPORT std::string_view Name(TransitionReason reason);

FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os, State state);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os, Mode mode);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os, Outcome outcome);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os,
                                        RejectionReason reason);
FUSEBOX_EXPORT std::ostream& operator<<(std::ostream& os,
                                        TransitionReason reason);

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TYPES_H_
