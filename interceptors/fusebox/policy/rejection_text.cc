#include "fusebox/policy/rejection_text.h"

#include <chrono>
#include <string>
#include <string_view>

#include "fusebox/core/clock.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {
namespace {

// Nobody reads nanoseconds; rounded up, so that whoever waits waits enough.
std::string ToMilliseconds(Duration duration) {
  return FormatDuration(std::chrono::ceil<std::chrono::milliseconds>(duration));
}

}  // namespace

std::string DescribeCause(const Cause& cause) {
  const std::string last =
      ", the last after " + ToMilliseconds(cause.last_duration);
  switch (cause.reason) {
    case TransitionReason::kConsecutiveFailures:
      return std::to_string(cause.failures) +
             (cause.failures == 1 ? " failure" : " consecutive failures") +
             last;
    case TransitionReason::kProbeFailed:
      return "a probe failed after " + ToMilliseconds(cause.last_duration);
    case TransitionReason::kProbeTimedOut:
      return "a probe timed out";
    case TransitionReason::kOpenElapsed:
      return "its opening is over";
    case TransitionReason::kProbeSucceeded:
      return "the probes succeeded";
    case TransitionReason::kOperator:
      return "set by an operator";
  }
  return "?";
}

std::string DescribeRejection(std::string_view name,
                              const Rejection& rejection) {
  const std::string subject =
      "circuit breaker for " + std::string(name) + " is ";
  switch (rejection.reason) {
    case RejectionReason::kOpen:
      return subject + "OPEN: " + DescribeCause(rejection.cause) +
             "; retry after " +
             ToMilliseconds(rejection.retry_after.value_or(Duration::zero()));
    case RejectionReason::kProbesBusy:
      return subject + std::string(Name(rejection.state)) +
             ": all probes are in flight (opened by: " +
             DescribeCause(rejection.cause) + "); retry soon";
    case RejectionReason::kForcedOpen:
      return subject + "FORCED_OPEN: held open by an operator or the config";
  }
  return subject + std::string(Name(rejection.state));
}

}  // namespace fusebox
