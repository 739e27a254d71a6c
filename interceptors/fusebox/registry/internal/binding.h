// binding.h: binds a method to its breaker and its policy.
//
// A GuardedMethod is one method on one channel target, as calls name it. Its
// Binding says which breaker its calls ask and which policy judges them. A new
// config never changes a binding. It makes another one and stores it with one
// atomic write. A call loads the binding once, when it starts, and therefore
// never meets the new breaker with the old policy.

#ifndef FUSEBOX_REGISTRY_INTERNAL_BINDING_H_
#define FUSEBOX_REGISTRY_INTERNAL_BINDING_H_

#include <atomic>
#include <cstdint>
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

// One method on one target, and one key if it has one. Lives as long as its
// target. Thread-safe.
//
// A method with a key may have to make room for another one, and then becomes
// that other one. A pin prevents this: whoever uses the method holds one. A
// method without a key stays what it is, and needs no pins.
class GuardedMethod {
 public:
  GuardedMethod(BreakerName name, const Binding* binding)
      : has_key_(!name.key.empty()),
        name_(std::move(name)),
        binding_(binding) {}

  GuardedMethod(const GuardedMethod&) = delete;
  GuardedMethod& operator=(const GuardedMethod&) = delete;

  bool has_key() const { return has_key_; }

  // Returns the channel's target, the full name of the method, and the key that
  // the call was given. REQUIRES: The caller holds a pin, if there is a key.
  const BreakerName& name() const { return name_; }

  // Returns the present binding, or null if the method's calls have no breaker.
  // The binding stays valid as long as the pin, even after a Bind(), or as long
  // as the target if there is no key.
  const Binding* binding() const {
    return binding_.load(std::memory_order_acquire);
  }
  void Bind(const Binding* binding) {
    binding_.store(binding, std::memory_order_release);
  }

  // Returns the present breaker. REQUIRES: `binding()` is not null.
  Breaker& breaker() const { return binding()->breaker(); }

  // Takes a pin. Returns false if the method has just been claimed.
  bool Pin() noexcept {
    if (!has_key_) return true;
    uint32_t pins = pins_.load(std::memory_order_relaxed);
    do {
      if (pins == kClaimed) return false;
    } while (!pins_.compare_exchange_weak(
        pins, pins + 1, std::memory_order_acquire, std::memory_order_relaxed));
    return true;
  }
  void Unpin() noexcept {
    if (has_key_) pins_.fetch_sub(1, std::memory_order_release);
  }

  // Takes the method for the caller alone. Returns false if there are pins.
  bool Claim() noexcept {
    uint32_t none = 0;
    return pins_.compare_exchange_strong(
        none, kClaimed, std::memory_order_acquire, std::memory_order_relaxed);
  }
  void Unclaim() noexcept { pins_.store(0, std::memory_order_release); }

  // Turns it into another method. REQUIRES: It is claimed.
  void Become(BreakerName name, const Binding* binding) {
    name_ = std::move(name);
    Bind(binding);
  }

  // Notes a use. `uses` counts the uses of all methods, and grows unless this
  // method was the last one.
  void Use(std::atomic<uint64_t>& uses) noexcept {
    if (last_use_.load(std::memory_order_relaxed) ==
        uses.load(std::memory_order_relaxed)) {
      return;
    }
    last_use_.store(uses.fetch_add(1, std::memory_order_relaxed) + 1,
                    std::memory_order_relaxed);
  }
  uint64_t last_use() const {
    return last_use_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr uint32_t kClaimed = UINT32_MAX;

  const bool has_key_;
  std::atomic<uint32_t> pins_{0};  // or kClaimed
  std::atomic<uint64_t> last_use_{0};
  BreakerName name_;  // only changes while the method is claimed
  std::atomic<const Binding*> binding_;
};

// Holds a pin of a method. Null if there is no method. Not thread-safe.
class MethodUse {
 public:
  MethodUse() = default;

  // Takes over a pin. `method` may be null.
  explicit MethodUse(GuardedMethod* method) : method_(method) {}

  MethodUse(MethodUse&& other) noexcept
      : method_(std::exchange(other.method_, nullptr)) {}
  MethodUse& operator=(MethodUse&& other) noexcept {
    std::swap(method_, other.method_);
    return *this;
  }
  ~MethodUse() {
    if (method_ != nullptr) method_->Unpin();
  }

  explicit operator bool() const { return method_ != nullptr; }
  GuardedMethod& operator*() const { return *method_; }
  GuardedMethod* operator->() const { return method_; }
  GuardedMethod* get() const { return method_; }

 private:
  GuardedMethod* method_ = nullptr;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_BINDING_H_
