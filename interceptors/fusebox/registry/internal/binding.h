// binding.h: what binds a method to its breaker.
//
// A GuardedMethod is one method on one channel target, as calls name it. Its
// Binding says which breaker its calls meet and by which policy they are
// judged. A new config never changes a binding: it makes another one and stores
// it with one atomic write. A call takes the binding once, at its start, and
// therefore never meets the new breaker with the old policy.

#ifndef FUSEBOX_REGISTRY_INTERNAL_BINDING_H_
#define FUSEBOX_REGISTRY_INTERNAL_BINDING_H_

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "fusebox/core/breaker.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {

// A breaker and the policy of its methods. Immutable, so thread-safe.
struct Binding {
  // REQUIRES: `its_policy.Validate()` finds no problem. `its_breaker` must
  // outlive the binding.
  Binding(ObservedBreaker& its_breaker, const Policy& its_policy)
      : observed(its_breaker),
        policy(std::make_shared<const Policy>(its_policy)),
        classifier(its_policy) {}

  Breaker& breaker() const { return observed.breaker(); }

  ObservedBreaker& observed;
  const std::shared_ptr<const Policy> policy;  // never null
  const CodeClassifier classifier;             // the policy's code lists
};

// Lives as long as its registry. Thread-safe.
class GuardedMethod {
 public:
  GuardedMethod(BreakerName name, const Binding* binding)
      : name_(std::move(name)), binding_(binding) {}

  GuardedMethod(const GuardedMethod&) = delete;
  GuardedMethod& operator=(const GuardedMethod&) = delete;

  // The channel's target, the full name of the method, and the key that the
  // call was given (Registry::Find()).
  const BreakerName& name() const { return name_; }

  // The present binding, or null if calls of the method are never broken. It
  // stays valid as long as the registry lives, also after the next Bind().
  const Binding* binding() const {
    return binding_.load(std::memory_order_acquire);
  }
  void Bind(const Binding* binding) {
    binding_.store(binding, std::memory_order_release);
  }

  // The present breaker. REQUIRES: `binding()` is not null.
  Breaker& breaker() const { return binding()->breaker(); }

 private:
  const BreakerName name_;
  std::atomic<const Binding*> binding_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_BINDING_H_
