#include "fusebox/metrics/internal/may_count.h"

#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

bool MayHappen(const Settings& settings, State from, State to,
               TransitionReason reason) {
  const bool trips = from == State::kClosed && to == State::kOpen;
  const bool ends_opening = from == State::kOpen && to == State::kHalfOpen;
  switch (reason) {
    case TransitionReason::kConsecutiveFailures:
      return trips && settings.consecutive_failures != 0;
    case TransitionReason::kFailureScore:
      return trips && settings.failure_score;
    case TransitionReason::kFailureRate:
      return trips && settings.failure_rate;
    case TransitionReason::kSlowCallRate:
      return trips && settings.slow_call_rate;
    case TransitionReason::kOpenElapsed:
      return ends_opening;
    case TransitionReason::kReconnected:
      return ends_opening && settings.half_open.early_on_reconnect;
    case TransitionReason::kProbeSucceeded:
      return from == State::kHalfOpen && to == State::kClosed;
    case TransitionReason::kProbeFailed:
    case TransitionReason::kProbeTimedOut:
      return from == State::kHalfOpen && to == State::kOpen;
    case TransitionReason::kProbeSlow:
      return from == State::kHalfOpen && to == State::kOpen &&
             settings.slow_call_rate;
    case TransitionReason::kOperator:
      return from == to || to == State::kClosed;
  }
  return false;
}

bool MayReject(const Settings& settings, RejectionReason reason) {
  switch (reason) {
    case RejectionReason::kConcurrency:
      return settings.max_concurrent_calls != 0;
    case RejectionReason::kRamp:
      return settings.recovery_ramp.has_value();
    case RejectionReason::kOpen:
    case RejectionReason::kProbesBusy:
    case RejectionReason::kForcedOpen:
    case RejectionReason::kReconnecting:
      return true;
  }
  return false;
}

bool MayNotEnforce(const Snapshot& breaker, RejectionReason reason) {
  return breaker.mode == Mode::kDryRun &&
         reason != RejectionReason::kForcedOpen &&
         reason != RejectionReason::kReconnecting &&
         MayReject(breaker.settings, reason);
}

}  // namespace fusebox::internal
