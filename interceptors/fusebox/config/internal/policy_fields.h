// policy_fields.h: lists every field of a policy with its name in config.proto,
// for the code that reads and writes configs.
//
//   VisitFields(policy, [](const char* name, auto& value) { ... });
//
// Structured bindings must name every member of a struct. Therefore a member
// that is added to a struct and not to this list is a compile error.

#ifndef FUSEBOX_CONFIG_INTERNAL_POLICY_FIELDS_H_
#define FUSEBOX_CONFIG_INTERNAL_POLICY_FIELDS_H_

#include <type_traits>

#include "fusebox/core/settings.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

// A field that has no default: it must be given if its rule is.
template <typename T>
struct Required {
  T& value;
};
template <typename T>
Required(T&) -> Required<T>;

// Calls visit("name_in_proto", member), or with Required{member}, for each
// member of a policy, of its settings, or of a struct in them. T may be const.
template <typename T, typename V>
void VisitFields(T& fields, V&& visit) {
  using Struct = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Struct, FailureScore>) {
    auto& [threshold, failure, success] = fields;
    visit("threshold", Required{threshold});
    visit("failure", failure);
    visit("success", success);
  } else if constexpr (std::is_same_v<Struct, FailureRate>) {
    auto& [threshold, minimum_calls] = fields;
    visit("threshold", Required{threshold});
    visit("minimum_calls", minimum_calls);
  } else if constexpr (std::is_same_v<Struct, SlowCallRate>) {
    auto& [duration, threshold, minimum_calls] = fields;
    visit("duration", Required{duration});
    visit("threshold", Required{threshold});
    visit("minimum_calls", minimum_calls);
  } else if constexpr (std::is_same_v<Struct, OpenBackoff>) {
    auto& [multiplier, max_duration, jitter] = fields;
    visit("multiplier", Required{multiplier});
    visit("max_duration", Required{max_duration});
    visit("jitter", jitter);
  } else if constexpr (std::is_same_v<Struct, HalfOpen>) {
    auto& [max_probes, successes_to_close, timeout, early_on_reconnect] =
        fields;
    visit("max_probes", max_probes);
    visit("successes_to_close", successes_to_close);
    visit("timeout", timeout);
    visit("early_on_reconnect", early_on_reconnect);
  } else if constexpr (std::is_same_v<Struct, RecoveryRamp>) {
    auto& [duration, initial_ratio] = fields;
    visit("duration", Required{duration});
    visit("initial_ratio", Required{initial_ratio});
  } else if constexpr (std::is_same_v<Struct, Settings>) {
    auto& [consecutive_failures, max_failure_gap, failure_score, failure_rate,
           slow_call_rate, window, open_duration, open_backoff, half_open,
           recovery_ramp, max_concurrent_calls, honor_pushback, max_pushback,
           mode] = fields;
    visit("consecutive_failures", consecutive_failures);
    visit("max_failure_gap", max_failure_gap);
    visit("failure_score", failure_score);
    visit("failure_rate", failure_rate);
    visit("slow_call_rate", slow_call_rate);
    visit("window", window);
    visit("open_duration", open_duration);
    visit("open_backoff", open_backoff);
    visit("half_open", half_open);
    visit("recovery_ramp", recovery_ramp);
    visit("max_concurrent_calls", max_concurrent_calls);
    visit("honor_pushback", honor_pushback);
    visit("max_pushback", max_pushback);
    visit("mode", mode);
  } else {
    static_assert(std::is_same_v<Struct, Policy>);
    // Structured bindings cannot name the members of a struct with a base.
    std::conditional_t<std::is_const_v<T>, const Settings, Settings>& base =
        fields;
    VisitFields(base, visit);
    visit("failure_codes", fields.failure_codes);
    visit("ignored_codes", fields.ignored_codes);
    visit("min_deadline", fields.min_deadline);
    visit("idle_stream_age", fields.idle_stream_age);
    visit("rejection_code", fields.rejection_code);
    visit("scope", fields.scope);
    visit("stream_verdict", fields.stream_verdict);
    visit("count_broken_streams", fields.count_broken_streams);
  }
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_POLICY_FIELDS_H_
