// policy.h: how the breaker of one method works.
//
//   fusebox::Policy policy = fusebox::Policy::Responsive();
//   policy.open_duration = std::chrono::seconds(5);
//   policy.ignored_codes = {absl::StatusCode::kResourceExhausted};
//
// A policy consists of a breaker's settings (settings.h) and of what is known
// only about RPCs: which status codes count as failures, how streams are
// judged, and which methods share a breaker. A policy is complete: a Config
// (config.h) holds one for every method.

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

// What decides whether a server-streaming or bidirectional RPC succeeded.
enum class StreamVerdict : uint8_t {
  // The first message that is received is a success. If the stream ends without
  // one, its final status decides. A stream that lives for days is therefore
  // not a probe for days.
  kFirstMessage,

  // The final status, as for other RPCs.
  kFinalStatus,
};

// Returns "FIRST_MESSAGE" or "FINAL_STATUS", and "?" for any other number.
FUSEBOX_EXPORT std::string_view Name(StreamVerdict verdict);

// Which methods share one breaker.
enum class Scope : uint8_t {
  kMethod,   // one breaker per method
  kService,  // one breaker for all methods of a service
  kChannel,  // one breaker for all methods of a channel target
};

// Returns "METHOD", "SERVICE" or "CHANNEL", and "?" for any other number.
FUSEBOX_EXPORT std::string_view Name(Scope scope);

struct FUSEBOX_EXPORT Policy : Settings {
  // Returns the default policy, the classic circuit breaker. It is slow to try
  // again.
  static Policy Classic();

  // Returns a policy for production. The circuit opens after 5 consecutive
  // failures, or at a failure rate of 0.5 of at least 20 calls in 10 s. The
  // first opening lasts 1 s, and openings double up to 60 s, with a jitter of
  // 0.2. Two successful probes close the circuit.
  static Policy Responsive();

  // Returns the part of the policy that the breaker works with.
  const Settings& settings() const { return *this; }

  // The status codes that count as failures, and those that say nothing about
  // the backend and are ignored. Every other code is a success: the server
  // answered. A list that is empty stands for its default:
  //   failures: UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS,
  //             RESOURCE_EXHAUSTED
  //   ignored:  CANCELLED
  // A code in a list that is given is removed from the default of the other
  // list. A code may be given once, in one of the lists. OK may not be given.
  std::vector<absl::StatusCode> failure_codes;
  std::vector<absl::StatusCode> ignored_codes;

  // Ignores DEADLINE_EXCEEDED if the call started with less time than this
  // until its deadline: a caller's budget of 2 ms says nothing about the
  // server. At least 0. The default is 0: every DEADLINE_EXCEEDED counts.
  Duration min_deadline{0};

  // Ignores a server- or bidi-streaming RPC that fails without having received
  // a message, this long or longer after its start: proxies and servers end
  // streams that are idle. At least 0. The default is 0: every failure counts.
  Duration idle_stream_age{0};

  // What decides about a stream. The default is kFirstMessage.
  StreamVerdict stream_verdict = StreamVerdict::kFirstMessage;

  // Whether a stream that breaks after its first message decided counts as
  // another failure. It counts when it breaks, and only while the circuit is
  // CLOSED. Broken streams are always counted separately. The default is false.
  bool count_broken_streams = false;

  // The status code of a rejected call. Not OK. The default is UNAVAILABLE.
  absl::StatusCode rejection_code = absl::StatusCode::kUnavailable;

  // Which methods share the breaker. Policies that share one must be equal. The
  // default is kMethod.
  Scope scope = Scope::kMethod;

  // Returns every problem, in the order of the fields: first those of Settings,
  // then those of the members above.
  Problems Validate() const;
};
FUSEBOX_EXPORT bool operator==(const Policy& a, const Policy& b);
FUSEBOX_EXPORT bool operator!=(const Policy& a, const Policy& b);

// A policy is more than its settings: compare `policy.settings()`.
bool operator==(const Policy& a, const Settings& b) = delete;
bool operator==(const Settings& a, const Policy& b) = delete;
bool operator!=(const Policy& a, const Settings& b) = delete;
bool operator!=(const Settings& a, const Policy& b) = delete;

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_POLICY_H_
