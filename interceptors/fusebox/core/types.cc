#include "fusebox/core/types.h"

#include <string_view>

#include "fusebox/base/internal/enum_name.h"

namespace fusebox {

using internal::EnumName;

std::string_view Name(State state) {
  constexpr std::string_view kNames[] = {"CLOSED", "OPEN", "HALF_OPEN"};
  return EnumName<kStateCount>(kNames, state);
}

std::string_view Name(Mode mode) {
  constexpr std::string_view kNames[] = {"ENFORCE", "DRY_RUN", "DISABLED",
                                         "FORCED_OPEN"};
  return EnumName<kModeCount>(kNames, mode);
}

std::string_view Name(Outcome outcome) {
  constexpr std::string_view kNames[] = {"SUCCESS", "FAILURE", "IGNORED"};
  return EnumName<kOutcomeCount>(kNames, outcome);
}

std::string_view Name(RejectionReason reason) {
  constexpr std::string_view kNames[] = {"OPEN",        "PROBES_BUSY",
                                         "FORCED_OPEN", "CONCURRENCY",
                                         "RAMP",        "RECONNECTING"};
  return EnumName<kRejectionReasonCount>(kNames, reason);
}

std::string_view Name(TransitionReason reason) {
  constexpr std::string_view kNames[] = {
      "CONSECUTIVE_FAILURES", "FAILURE_SCORE", "FAILURE_RATE",
      "SLOW_CALL_RATE",       "OPEN_ELAPSED",  "RECONNECTED",
      "PROBE_SUCCEEDED",      "PROBE_FAILED",  "PROBE_SLOW",
      "PROBE_TIMED_OUT",      "OPERATOR"};
  return EnumName<kTransitionReasonCount>(kNames, reason);
}

}  // namespace fusebox
