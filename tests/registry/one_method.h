// one_method.h: one guarded method without a registry.

#ifndef FUSEBOX_TESTS_REGISTRY_ONE_METHOD_H_
#define FUSEBOX_TESTS_REGISTRY_ONE_METHOD_H_

#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {

// A method, the breaker of its own that it is bound to, and what they need.
// `clock` must outlive it.
struct OneMethod {
  OneMethod(const Policy& policy, const Clock& clock,
            const BreakerName& name = {"target", "/s/M", ""})
      : observed(name, policy.settings(), clock, dispatcher),
        binding(observed, policy),
        method(name, &binding) {}

  Breaker& breaker() { return observed.breaker(); }
  MethodUse use() { return MethodUse(&method); }

  Dispatcher dispatcher;
  ObservedBreaker observed;
  const Binding binding;
  GuardedMethod method;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_REGISTRY_ONE_METHOD_H_
