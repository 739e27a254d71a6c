// policy_fields.h: lists every field of a policy with its name in config.proto,
// for the code that reads and writes configs.
//
//   PolicyFields<FailureRate>::Visit(rule, [](const char* name, auto& value) {
//     ...
//   });
//
// Structured bindings must name every member of a struct. Therefore a member
// that is added to a struct and not to this list is a compile error.

#ifndef FUSEBOX_CONFIG_INTERNAL_POLICY_FIELDS_H_
#define FUSEBOX_CONFIG_INTERNAL_POLICY_FIELDS_H_

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

// Visit(struct, visit) calls visit("name_in_proto", member or Required{member})
// for each member of a struct, const or not.
template <typename Struct>
struct PolicyFields;

template <>
struct PolicyFields<FailureRate> {
  template <typename T, typename V>
  static void Visit(T& rule, V&& visit) {
    auto& [threshold, minimum_calls] = rule;
    visit("threshold", Required{threshold});
    visit("minimum_calls", minimum_calls);
  }
};

template <>
struct PolicyFields<SlowCallRate> {
  template <typename T, typename V>
  static void Visit(T& rule, V&& visit) {
    auto& [duration, threshold, minimum_calls] = rule;
    visit("duration", Required{duration});
    visit("threshold", Required{threshold});
    visit("minimum_calls", minimum_calls);
  }
};

template <>
struct PolicyFields<OpenBackoff> {
  template <typename T, typename V>
  static void Visit(T& rule, V&& visit) {
    auto& [multiplier, max_duration, jitter] = rule;
    visit("multiplier", Required{multiplier});
    visit("max_duration", Required{max_duration});
    visit("jitter", jitter);
  }
};

template <>
struct PolicyFields<HalfOpen> {
  template <typename T, typename V>
  static void Visit(T& group, V&& visit) {
    auto& [max_probes, successes_to_close, timeout, early_on_reconnect] = group;
    visit("max_probes", max_probes);
    visit("successes_to_close", successes_to_close);
    visit("timeout", timeout);
    visit("early_on_reconnect", early_on_reconnect);
  }
};

template <>
struct PolicyFields<RecoveryRamp> {
  template <typename T, typename V>
  static void Visit(T& rule, V&& visit) {
    auto& [duration, initial_ratio] = rule;
    visit("duration", Required{duration});
    visit("initial_ratio", Required{initial_ratio});
  }
};

template <>
struct PolicyFields<Settings> {
  template <typename T, typename V>
  static void Visit(T& settings, V&& visit) {
    auto& [consecutive_failures, failure_rate, slow_call_rate, window,
           open_duration, open_backoff, half_open, recovery_ramp,
           max_concurrent_calls, honor_pushback, max_pushback, mode] = settings;
    visit("consecutive_failures", consecutive_failures);
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
  }
};

// Structured bindings cannot name the members of a struct with a base.
template <>
struct PolicyFields<Policy> {
  template <typename T, typename V>
  static void Visit(T& policy, V&& visit) {
    if constexpr (std::is_const_v<T>) {
      PolicyFields<Settings>::Visit(static_cast<const Settings&>(policy),
                                    visit);
    } else {
      PolicyFields<Settings>::Visit(static_cast<Settings&>(policy), visit);
    }
    visit("failure_codes", policy.failure_codes);
    visit("ignored_codes", policy.ignored_codes);
    visit("min_deadline", policy.min_deadline);
    visit("rejection_code", policy.rejection_code);
    visit("scope", policy.scope);
    visit("stream_verdict", policy.stream_verdict);
    visit("count_broken_streams", policy.count_broken_streams);
  }
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_POLICY_FIELDS_H_
