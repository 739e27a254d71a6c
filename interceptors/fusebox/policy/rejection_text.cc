#include "fusebox/policy/rejection_text.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/number.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {
namespace {

// Rounds up to milliseconds: people do not read nanoseconds, and a caller that
// waits must wait long enough.
std::string ToMilliseconds(Duration duration) {
  return FormatDuration(std::chrono::ceil<std::chrono::milliseconds>(duration));
}

// "failure rate 0.62 of 48 calls"
std::string Rate(const char* of, uint32_t part, uint32_t calls) {
  const double rate = calls == 0 ? 0.0 : static_cast<double>(part) / calls;
  return std::string(of) + " rate " + internal::FixedNumber(rate, 2) + " of " +
         std::to_string(calls) + (calls == 1 ? " call" : " calls");
}

}  // namespace

std::string DescribeCause(const Cause& cause, std::string_view last_call) {
  const std::string last =
      last_call.empty()
          ? ", the last after " + ToMilliseconds(cause.last_duration)
          : ", last " + std::string(last_call);
  switch (cause.reason) {
    case TransitionReason::kConsecutiveFailures:
      return std::to_string(cause.failures) +
             (cause.failures == 1 ? " failure" : " consecutive failures") +
             last;
    case TransitionReason::kFailureScore:
      return "failure score " + std::to_string(cause.failures) + last;
    case TransitionReason::kFailureRate:
      return Rate("failure", cause.failures, cause.calls) + last;
    case TransitionReason::kSlowCallRate:
      return Rate("slow-call", cause.slow_calls, cause.calls) + last;
    case TransitionReason::kProbeFailed:
      return last_call.empty()
                 ? "a probe failed after " + ToMilliseconds(cause.last_duration)
                 : "a probe failed: " + std::string(last_call);
    case TransitionReason::kProbeSlow:
      return "a probe was slow: it took " + ToMilliseconds(cause.last_duration);
    case TransitionReason::kProbeTimedOut:
      return "a probe timed out";
    case TransitionReason::kOpenElapsed:
      return "its opening is over";
    case TransitionReason::kReconnected:
      return "the connection is back";
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
    case RejectionReason::kConcurrency:
      return subject + std::string(Name(rejection.state)) +
             ": the maximum number of calls is in flight; retry soon";
    case RejectionReason::kRamp:
      return subject + std::string(Name(rejection.state)) +
             ": traffic returns gradually (opened by: " +
             DescribeCause(rejection.cause) + "); retry soon";
    case RejectionReason::kReconnecting:
      return subject + std::string(Name(rejection.state)) +
             (rejection.state == State::kClosed ? ": it was reset"
                                                : ": the opening is over") +
             ", but the connection is not back yet (opened by: " +
             DescribeCause(rejection.cause) + "); retry after " +
             ToMilliseconds(rejection.retry_after.value_or(Duration::zero()));
  }
  return subject + std::string(Name(rejection.state));
}

}  // namespace fusebox
