// policy.h: how the breaker of one method works.
//
//   fusebox::Policy policy;
//   policy.consecutive_failures = 3;
//   policy.open_duration = std::chrono::seconds(5);
//   policy.ignored_codes = {absl::StatusCode::kResourceExhausted};

#ifndef FUSEBOX_POLICY_POLICY_H_
#define FUSEBOX_POLICY_POLICY_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"

namespace fusebox {

// What settles a server- or bidi-streaming RPC.
enum class StreamVerdict : uint8_t {
  // The first message received is a success; without one, the final status
  // decides. So a stream that lives for days holds no probe for days.
  kFirstMessage,

  // The final status, as with other RPCs.
  kFinalStatus,
};
inline constexpr int kStreamVerdictCount = 2;

// "FIRST_MESSAGE"
FUSEBOX_EXPORT std::string_view Name(StreamVerdict verdict);

// What shares one breaker.
enum class Scope : uint8_t {
  kMethod,   // a breaker a method
  kService,  // one for all methods of a service
  kChannel,  // one for all methods of a channel target
};
inline constexpr int kScopeCount = 3;

// "METHOD"
FUSEBOX_EXPORT std::string_view Name(Scope scope);

// A breaker's settings, and what only an RPC has. A plain value.
struct FUSEBOX_EXPORT Policy : Settings {
  // The presets. Classic is what a Policy is anyway: slow to try again. For
  // production take Responsive: 5 consecutive failures, or a failure rate of
  // 0.5 of at least 20 calls in 10 s; the first opening lasts 1 s, doubling to
  // 60 s with a jitter of 0.2; two successes close it.
  static Policy Classic();
  static Policy Responsive();

  // Which status codes are failures, and which say nothing about the backend;
  // every other code is a success: the server answered. A list that is empty
  // counts as left out and stands for its default:
  //   failures: UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS,
  //             RESOURCE_EXHAUSTED
  //   ignored:  CANCELLED
  // A list that is given beats the default of the other one. No code may be
  // given twice or in both, and OK in neither.
  std::vector<absl::StatusCode> failure_codes;
  std::vector<absl::StatusCode> ignored_codes;

  // DEADLINE_EXCEEDED of a call that had less time than this from its start is
  // ignored: a caller's budget of 2 ms says nothing about the server. At least
  // 0; 0 switches the rule off.
  Duration min_deadline{0};

  // Whether a stream's first message is its verdict.
  StreamVerdict stream_verdict = StreamVerdict::kFirstMessage;

  // Whether a stream that fails after its first message was its verdict counts
  // as a failure all the same: as a new one, at the time when it breaks, and
  // only while the circuit is CLOSED. It is always counted apart.
  bool count_broken_streams = false;

  // The status code of a rejection. Not OK.
  absl::StatusCode rejection_code = absl::StatusCode::kUnavailable;

  // What shares the breaker. Policies that share one must be equal.
  Scope scope = Scope::kMethod;

  // Every problem, in the order of the fields, those of Settings first.
  Problems Validate() const;
};
FUSEBOX_EXPORT bool operator==(const Policy& a, const Policy& b);
FUSEBOX_EXPORT bool operator!=(const Policy& a, const Policy& b);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_POLICY_H_
