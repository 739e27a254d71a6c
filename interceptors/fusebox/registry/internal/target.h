// target.h: the breakers of one channel target.
//
// Breakers belong to their target. A target lives as long as somebody holds it
// open: a channel's interceptor factory, or the result of
// Registry::FindBreaker(). Therefore nothing that grows with the number of
// targets outlives them.
//
// Two limits bound what callers can invent. Methods that the config does not
// name have a breaker up to the first limit; further ones share a breaker,
// named "other", that never opens. Pairs of a method and a key have a breaker
// up to the second limit. Beyond it, the least recently used pair makes room,
// if nothing is lost with it: its circuit is CLOSED, its window holds no
// failure, no call is under way, and no operator has set its mode. Only if
// there is no such pair, the new one shares "other", too.

#ifndef FUSEBOX_REGISTRY_INTERNAL_TARGET_H_
#define FUSEBOX_REGISTRY_INTERNAL_TARGET_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/method_table.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {

// A breaker and the bindings of its methods. Bindings are kept, because a call
// may still hold an old one; a policy that comes back gets its old binding.
// Needs the registry's lock, except for `observed`.
struct BreakerEntry {
  // `clock` and `dispatcher` must outlive it.
  BreakerEntry(BreakerName name, const Policy& policy, const Clock& clock,
               Dispatcher& dispatcher);

  void Bind(const Policy& policy);

  ObservedBreaker observed;
  std::vector<std::unique_ptr<const Binding>> bindings;
  const Binding* binding = nullptr;  // the present one

  // How many methods are bound to it, and how many have been bound to it at any
  // time and still exist.
  size_t bound = 0;
  size_t keepers = 0;
};

// Find() is thread-safe. Everything else needs the registry's lock.
class FUSEBOX_EXPORT Target {
 public:
  struct Limits {
    size_t unnamed_methods;
    size_t keyed_methods;
  };

  // If a search finds no pair that can make room, the next search begins only
  // after this time.
  static constexpr Duration kSearchPeriod = std::chrono::milliseconds(100);

  // `clock` and `dispatcher` must outlive it.
  Target(std::string name, const Limits& limits, const Clock& clock,
         Dispatcher& dispatcher)
      : name_(std::move(name)),
        limits_(limits),
        clock_(clock),
        dispatcher_(dispatcher) {}

  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  const std::string& name() const { return name_; }

  // Returns the method, if it exists already. Takes no lock. May miss a method
  // that another thread is making.
  MethodUse Find(std::string_view method, std::string_view key);

  struct Made {
    MethodUse method;
    bool overflows = false;  // the method is "other"
    std::vector<std::shared_ptr<BreakerEntry>> evicted;  // made room
  };
  // Returns the method, and makes it if it does not exist: with a breaker of
  // its own, with "other", or with none if `policies` exempts it.
  Made Make(std::string_view method, std::string_view key,
            const PolicyTable& policies);

  // Gives all methods the policies that they have now.
  void Update(const PolicyTable& policies);

  // Starts the meters of the breakers, and of those to come. `bounds` must
  // outlive the target.
  void StartMeters(const std::vector<Duration>& bounds);

  // Returns the breakers that methods are bound to, in the order of their
  // names.
  std::vector<std::shared_ptr<BreakerEntry>> InUse() const;

  // Returns the names of all methods that calls have met.
  std::vector<std::string> Methods() const;

  // Returns all breakers.
  std::vector<std::shared_ptr<BreakerEntry>> All() const;

  // How many holders keep the target open.
  size_t holders = 0;

 private:
  // What is known about a method besides its name and its binding.
  struct Method {
    GuardedMethod* method = nullptr;
    BreakerEntry* entry = nullptr;    // the one that it is bound to, or null
    std::vector<BreakerEntry*> kept;  // the present one and former ones
  };

  Made MakeOther();
  MethodUse MakePlain(BreakerName name, const Policy* policy);
  MethodUse MakeKeyed(BreakerName name, const Policy& policy);
  MethodUse Replace(Method* old, BreakerName name, const Policy& policy,
                    std::vector<std::shared_ptr<BreakerEntry>>* evicted);

  // Binds the method, whose name will be `name`, to the breaker that `policy`
  // gives it, which is made or brought up to date. Returns the binding, or null
  // if `policy` is null.
  const Binding* Bind(const BreakerName& name, const Policy* policy,
                      Method* method);
  BreakerEntry* EntryFor(const BreakerName& name, const Policy& policy);

  // Returns a method with a key that can make room, claimed, or null.
  Method* FindRoom();
  // Says what would be lost with the method.
  enum class Loss { kNothing, kRunOfFailures, kMore };
  static Loss LossOf(const Method& method, TimePoint now);

  const std::string name_;
  const Limits limits_;
  const Clock& clock_;
  Dispatcher& dispatcher_;

  MethodTable methods_;
  std::atomic<uint64_t> uses_{1};  // of methods with a key; 0 is no use

  const std::vector<Duration>* meter_bounds_ = nullptr;  // null: no meters
  size_t unnamed_ = 0;

  std::deque<Method> known_;  // all methods

  // Methods with a key, by the last use that FindRoom() has seen.
  std::map<uint64_t, Method*> by_use_;
  TimePoint next_search_ = TimePoint::min();

  std::map<BreakerName, std::shared_ptr<BreakerEntry>> breakers_;
  std::shared_ptr<BreakerEntry> overflow_entry_;
  std::unique_ptr<GuardedMethod> overflow_;
};

// Whoever has the targets: the registry. Thread-safe.
class FUSEBOX_EXPORT TargetOwner {
 public:
  // Makes a method that the target does not have yet (Target::Make()).
  virtual MethodUse Make(Target* target, std::string_view method,
                         std::string_view key) = 0;

  // Gives up a holder of the target. With the last one, the target leaves.
  // `dies` is true if nobody else keeps the owner alive.
  virtual void Close(Target* target, bool dies) = 0;

 protected:
  ~TargetOwner() = default;
};

// Holds a target open, and keeps its owner. Find() is thread-safe.
class FUSEBOX_EXPORT OpenTarget {
 public:
  OpenTarget() = default;

  // Takes over one of the target's holders.
  OpenTarget(std::shared_ptr<TargetOwner> owner, std::shared_ptr<Target> target)
      : owner_(std::move(owner)), target_(std::move(target)) {}

  OpenTarget(OpenTarget&& other) noexcept = default;
  OpenTarget& operator=(OpenTarget&& other) noexcept {
    owner_.swap(other.owner_);
    target_.swap(other.target_);
    return *this;
  }
  ~OpenTarget() {
    if (target_ != nullptr) {
      owner_->Close(target_.get(), owner_.use_count() == 1);
    }
  }

  // Returns the method as calls meet it, or null if they have no breaker. Makes
  // its breaker if it does not exist. Takes no lock if it does.
  MethodUse Find(std::string_view method, std::string_view key = {}) const {
    MethodUse found = target_->Find(method, key);
    if (!found) found = owner_->Make(target_.get(), method, key);
    return found && found->binding() != nullptr ? std::move(found)
                                                : MethodUse();
  }

 private:
  std::shared_ptr<TargetOwner> owner_;
  std::shared_ptr<Target> target_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_TARGET_H_
