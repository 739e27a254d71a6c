#include "fusebox/core/types.h"

#include <ostream>
#include <string_view>

namespace fusebox {

// The switches have no default label, so the compiler reports a missing case.
std::string_view Name(State state) {
  switch (state) {
    case State::kClosed:
      return "CLOSED";
    case State::kOpen:
      return "OPEN";
    case State::kHalfOpen:
      return "HALF_OPEN";
  }
  return "?";
}

std::string_view Name(Mode mode) {
  switch (mode) {
    case Mode::kEnforce:
      return "ENFORCE";
    case Mode::kDryRun:
      return "DRY_RUN";
    case Mode::kDisabled:
      return "DISABLED";
    case Mode::kForcedOpen:
      return "FORCED_OPEN";
  }
  return "?";
}

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
      return "SUCCESS";
    case Outcome::kFailure:
      return "FAILURE";
    case Outcome::kIgnored:
      return "IGNORED";
  }
  return "?";
}

std::string_view Name(RejectionReason reason) {
  switch (reason) {
    case RejectionReason::kOpen:
      return "OPEN";
    case RejectionReason::kProbesBusy:
      return "PROBES_BUSY";
    case RejectionReason::kForcedOpen:
      return "FORCED_OPEN";
    case RejectionReason::kConcurrency:
      return "CONCURRENCY";
    case RejectionReason::kRamp:
      return "RAMP";
    case RejectionReason::kReconnecting:
      return "RECONNECTING";
  }
  return "?";
}

std::string_view Name(TransitionReason reason) {
  switch (reason) {
    case TransitionReason::kConsecutiveFailures:
      return "CONSECUTIVE_FAILURES";
    case TransitionReason::kFailureRate:
      return "FAILURE_RATE";
    case TransitionReason::kSlowCallRate:
      return "SLOW_CALL_RATE";
    case TransitionReason::kOpenElapsed:
      return "OPEN_ELAPSED";
    case TransitionReason::kReconnected:
      return "RECONNECTED";
    case TransitionReason::kProbeSucceeded:
      return "PROBE_SUCCEEDED";
    case TransitionReason::kProbeFailed:
      return "PROBE_FAILED";
    case TransitionReason::kProbeTimedOut:
      return "PROBE_TIMED_OUT";
    case TransitionReason::kOperator:
      return "OPERATOR";
  }
  return "?";
}

std::ostream& operator<<(std::ostream& os, State state) {
  return os << Name(state);
}
std::ostream& operator<<(std::ostream& os, Mode mode) {
  return os << Name(mode);
}
std::ostream& operator<<(std::ostream& os, Outcome outcome) {
  return os << Name(outcome);
}
std::ostream& operator<<(std::ostream& os, RejectionReason reason) {
  return os << Name(reason);
}
std::ostream& operator<<(std::ostream& os, TransitionReason reason) {
  return os << Name(reason);
}

}  // namespace fusebox
