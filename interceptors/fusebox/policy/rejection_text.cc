#include "fusebox/policy/rejection_text.h"

#include <charconv>
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
  const int64_t count =
      std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  if (count < 0) return FormatDuration(std::chrono::milliseconds(count));
  // Every rejected call formats one, so this is quicker than FormatDuration().
  constexpr int64_t kPerSecond = 1000;
  char text[32];
  char* end = std::to_chars(text, text + sizeof(text), count / kPerSecond).ptr;
  if (auto rest = static_cast<int>(count % kPerSecond); rest != 0) {
    *end++ = '.';
    for (int place = 100; rest != 0; rest %= place, place /= 10) {
      *end++ = static_cast<char>('0' + rest / place);
    }
  }
  *end++ = 's';
  return {text, end};
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
  return RejectionHead(name, rejection) + RejectionTail(rejection);
}

std::string RejectionTail(const Rejection& rejection) {
  if (rejection.reason != RejectionReason::kOpen &&
      rejection.reason != RejectionReason::kReconnecting) {
    return "";
  }
  return ToMilliseconds(rejection.retry_after.value_or(Duration::zero()));
}

std::string RejectionHead(std::string_view name, const Rejection& rejection) {
  const std::string subject =
      "circuit breaker for " + std::string(name) + " is ";
  switch (rejection.reason) {
    case RejectionReason::kOpen:
      return subject + "OPEN: " + DescribeCause(rejection.cause) +
             "; retry after ";
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
             DescribeCause(rejection.cause) + "); retry after ";
  }
  return subject + std::string(Name(rejection.state));
}

}  // namespace fusebox
