#include "fusebox/registry/internal/target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"

namespace fusebox::internal {
namespace {

constexpr char kOverflowName[] = "other";

Policy NeverOpens() {
  Policy policy;
  policy.mode = Mode::kDisabled;
  return policy;
}

}  // namespace

BreakerEntry::BreakerEntry(BreakerName name, const Policy& policy,
                           const Clock& clock, Dispatcher& dispatcher)
    : observed(std::move(name), policy.settings(), clock, dispatcher) {
  Bind(policy);
}

void BreakerEntry::Bind(const Policy& policy) {
  for (const auto& old : bindings) {
    if (*old->policy == policy) {
      binding = old.get();
      return;
    }
  }
  bindings.push_back(std::make_unique<const Binding>(observed, policy));
  binding = bindings.back().get();
}

MethodUse Target::Find(std::string_view method, std::string_view key) {
  MethodUse found = methods_.Find(method, key);
  if (key.empty()) return found;
  if (found) {
    found->Use(uses_);
    return found;
  }
  // A method that the config exempts has no breaker for any key.
  MethodUse plain = methods_.Find(method, {});
  return plain && plain->binding() == nullptr ? std::move(plain) : MethodUse();
}

Target::Made Target::Make(std::string_view method, std::string_view key,
                          const PolicyTable& policies) {
  Made made;
  made.method = Find(method, key);  // made meanwhile?
  if (made.method) return made;
  const Policy* const policy = policies.Find(method);
  BreakerName name = {name_, std::string(method), std::string(key)};
  if (policy != nullptr && !key.empty()) {
    if (by_use_.size() < limits_.keyed_methods) {
      made.method = MakeKeyed(std::move(name), *policy);
    } else if (Method* const old = FindRoom()) {
      made.method = Replace(old, std::move(name), *policy, &made.evicted);
    } else {
      return MakeOther();
    }
    return made;
  }
  name.key.clear();
  if (!policies.Names(method)) {
    if (unnamed_ >= limits_.unnamed_methods) {
      return policy == nullptr ? std::move(made) : MakeOther();
    }
    ++unnamed_;
  }
  made.method = MakePlain(std::move(name), policy);
  return made;
}

Target::Made Target::MakeOther() {
  if (overflow_ == nullptr) {
    const BreakerName name = {name_, kOverflowName, ""};
    overflow_entry_ =
        std::make_shared<BreakerEntry>(name, NeverOpens(), clock_, dispatcher_);
    if (meter_bounds_ != nullptr) {
      overflow_entry_->observed.StartMeter(*meter_bounds_);
    }
    overflow_ = std::make_unique<GuardedMethod>(name, overflow_entry_->binding);
  }
  Made made;
  made.method = MethodUse(overflow_.get());
  made.overflows = true;
  return made;
}

MethodUse Target::MakePlain(BreakerName name, const Policy* policy) {
  Method& method = known_.emplace_back();
  const Binding* const binding = Bind(name, policy, &method);
  method.method = methods_.Insert(
      std::make_unique<GuardedMethod>(std::move(name), binding));
  return MethodUse(method.method);
}

MethodUse Target::MakeKeyed(BreakerName name, const Policy& policy) {
  Method& method = known_.emplace_back();
  const Binding* const binding = Bind(name, &policy, &method);
  auto made = std::make_unique<GuardedMethod>(std::move(name), binding);
  made->Pin();
  made->Use(uses_);
  MethodUse use(made.get());
  method.method = methods_.Insert(std::move(made));
  by_use_.emplace(method.method->last_use(), &method);
  return use;
}

MethodUse Target::Replace(Method* old, BreakerName name, const Policy& policy,
                          std::vector<std::shared_ptr<BreakerEntry>>* evicted) {
  by_use_.erase(old->method->last_use());
  if (old->entry != nullptr) --old->entry->bound;
  for (BreakerEntry* const entry : old->kept) {
    if (--entry->keepers != 0) continue;
    const auto place = breakers_.find(entry->observed.name());
    evicted->push_back(std::move(place->second));
    breakers_.erase(place);
  }
  old->entry = nullptr;
  old->kept.clear();
  const Binding* const binding = Bind(name, &policy, old);
  methods_.Rename(old->method, std::move(name), binding);
  old->method->Unclaim();
  old->method->Pin();
  old->method->Use(uses_);
  by_use_.emplace(old->method->last_use(), old);
  return MethodUse(old->method);
}

const Binding* Target::Bind(const BreakerName& name, const Policy* policy,
                            Method* method) {
  if (method->entry != nullptr) --method->entry->bound;
  method->entry = policy == nullptr ? nullptr : EntryFor(name, *policy);
  if (method->entry == nullptr) return nullptr;
  ++method->entry->bound;
  auto& kept = method->kept;
  if (std::find(kept.begin(), kept.end(), method->entry) == kept.end()) {
    kept.push_back(method->entry);
    ++method->entry->keepers;
  }
  return method->entry->binding;
}

BreakerEntry* Target::EntryFor(const BreakerName& name, const Policy& policy) {
  BreakerName shared = {
      name_, std::string(BreakerKey(policy.scope, name.method)), name.key};
  std::shared_ptr<BreakerEntry>& entry = breakers_[shared];
  if (entry == nullptr) {
    entry = std::make_shared<BreakerEntry>(std::move(shared), policy, clock_,
                                           dispatcher_);
    if (meter_bounds_ != nullptr) entry->observed.StartMeter(*meter_bounds_);
  } else if (*entry->binding->policy != policy) {
    entry->observed.breaker().Update(policy.settings(), clock_.Now());
    entry->Bind(policy);
  }
  return entry.get();
}

Target::Method* Target::FindRoom() {
  const TimePoint now = clock_.Now();
  if (now < next_search_) return nullptr;
  Method* second_best = nullptr;
  // Other threads use methods meanwhile, so the number of steps is bounded.
  size_t steps = 2 * by_use_.size();
  for (auto it = by_use_.begin(); it != by_use_.end() && steps > 0; --steps) {
    Method* const method = it->second;
    const uint64_t last_use = method->method->last_use();
    if (last_use != it->first) {  // it was used since it was listed
      by_use_.emplace(last_use, method);
      it = by_use_.erase(it);
      continue;
    }
    ++it;
    if (!method->method->Claim()) continue;        // calls are under way
    if (method->method->last_use() != last_use) {  // there just was a call
      method->method->Unclaim();
      continue;
    }
    const Loss loss = LossOf(*method, now);
    if (loss == Loss::kNothing) {
      if (second_best != nullptr) second_best->method->Unclaim();
      return method;
    }
    if (loss == Loss::kRunOfFailures && second_best == nullptr) {
      second_best = method;
    } else {
      method->method->Unclaim();
    }
  }
  if (second_best == nullptr) next_search_ = SaturatingAdd(now, kSearchPeriod);
  return second_best;
}

Target::Loss Target::LossOf(const Method& method, TimePoint now) {
  Loss loss = Loss::kNothing;
  for (const BreakerEntry* const entry : method.kept) {
    if (entry->keepers > 1) continue;  // stays
    const Snapshot breaker = entry->observed.breaker().TakeSnapshot(now);
    if (breaker.state != State::kClosed || breaker.operator_mode ||
        breaker.window.failures != 0 || breaker.totals.in_flight() != 0) {
      return Loss::kMore;
    }
    if ((breaker.settings.consecutive_failures != 0 &&
         breaker.consecutive_failures != 0) ||
        breaker.failure_score != 0) {
      loss = Loss::kRunOfFailures;
    }
  }
  return loss;
}

void Target::Update(const PolicyTable& policies) {
  unnamed_ = 0;
  for (Method& method : known_) {
    const BreakerName& name = method.method->name();
    if (name.key.empty() && !policies.Names(name.method)) ++unnamed_;
    method.method->Bind(Bind(name, policies.Find(name.method), &method));
  }
}

void Target::StartMeters(const std::vector<Duration>& bounds) {
  meter_bounds_ = &bounds;
  for (const auto& entry : All()) entry->observed.StartMeter(bounds);
}

std::vector<std::shared_ptr<BreakerEntry>> Target::InUse() const {
  auto in_use = All();
  in_use.erase(std::remove_if(in_use.begin(), in_use.end(),
                              [&](const auto& entry) {
                                return entry->bound == 0 &&
                                       entry != overflow_entry_;
                              }),
               in_use.end());
  return in_use;
}

std::vector<std::string> Target::Methods() const {
  std::vector<std::string> names;
  names.reserve(known_.size());
  for (const Method& method : known_) {
    names.push_back(method.method->name().method);
  }
  return names;
}

std::vector<std::shared_ptr<BreakerEntry>> Target::All() const {
  std::vector<std::shared_ptr<BreakerEntry>> all;
  all.reserve(breakers_.size() + 1);
  for (const auto& [name, entry] : breakers_) all.push_back(entry);
  if (overflow_entry_ != nullptr) {
    const auto place = breakers_.upper_bound(overflow_entry_->observed.name());
    all.insert(all.begin() + std::distance(breakers_.begin(), place),
               overflow_entry_);
  }
  return all;
}

}  // namespace fusebox::internal
