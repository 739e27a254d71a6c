#include "fusebox/registry/registry.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/observed_breaker.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

using internal::Binding;
using internal::GuardedMethod;

namespace {

constexpr char kOverflowName[] = "other";

Policy NeverOpens() {
  Policy policy;
  policy.mode = Mode::kDisabled;
  return policy;
}

}  // namespace

std::shared_ptr<Registry> Registry::Create() {
  return std::shared_ptr<Registry>(
      new Registry(*PolicyTable::Create(Config()), Options()));
}

absl::StatusOr<std::shared_ptr<Registry>> Registry::Create(
    const Config& config, const Options& options) {
  if (const Problems problems = options.Validate(); !problems.empty()) {
    return absl::InvalidArgumentError(ToString(problems));
  }
  auto policies = PolicyTable::Create(config);
  if (!policies.ok()) return policies.status();
  return std::shared_ptr<Registry>(new Registry(*std::move(policies), options));
}

absl::StatusOr<std::shared_ptr<Registry>> Registry::Create(
    const absl::StatusOr<Config>& config, const Options& options) {
  if (!config.ok()) return config.status();
  return Create(*config, options);
}

Registry::Registry(std::unique_ptr<const PolicyTable> policies,
                   const Options& options)
    : clock_(*options.clock),
      duration_bounds_(options.duration_bounds),
      dispatcher_(std::make_shared<internal::Dispatcher>(clock_)),
      policies_(std::move(policies)),
      unnamed_methods_{options.max_unnamed_methods},
      keyed_methods_{options.max_keyed_methods},
      overflow_entry_(
          std::make_unique<Entry>(BreakerName{"", kOverflowName, ""},
                                  NeverOpens(), clock_, *dispatcher_)),
      overflow_({"", kOverflowName, ""}, overflow_entry_->binding) {}

Registry::~Registry() { dispatcher_->Stop(); }

void Registry::Entry::Bind(const Policy& policy) {
  for (const auto& old : bindings) {
    if (*old->policy == policy) {
      binding = old.get();
      return;
    }
  }
  bindings.push_back(std::make_unique<const Binding>(observed, policy));
  binding = bindings.back().get();
}

GuardedMethod* Registry::Find(std::string_view target,
                              std::string_view full_method,
                              std::string_view key) {
  GuardedMethod* found = methods_.Find(target, full_method, key);
  if (found == nullptr) {
    MutexLock lock(mu_);
    found = methods_.Find(target, full_method, key);  // made meanwhile?
    if (found == nullptr) {
      found = Make(
          {std::string(target), std::string(full_method), std::string(key)});
    }
  }
  return found == nullptr || found->binding() == nullptr ? nullptr : found;
}

std::shared_ptr<Breaker> Registry::FindBreaker(std::string_view target,
                                               std::string_view full_method,
                                               std::string_view key) {
  const GuardedMethod* const method = Find(target, full_method, key);
  if (method == nullptr) return nullptr;
  return {shared_from_this(), &method->breaker()};
}

GuardedMethod* Registry::Make(BreakerName method) {
  const Policy* const policy = policies_->Find(method.method);
  if (policy == nullptr && !method.key.empty()) return nullptr;
  if (Bound* const bound = BoundOf(method)) {
    if (bound->count >= bound->max) {
      return policy == nullptr ? nullptr : &overflow_;
    }
    ++bound->count;
  }
  const Binding* const binding =
      policy == nullptr ? nullptr : BindingOf(method, *policy, clock_.Now());
  return methods_.Insert(
      std::make_unique<GuardedMethod>(std::move(method), binding));
}

Registry::Bound* Registry::BoundOf(const BreakerName& method) {
  if (!method.key.empty()) return &keyed_methods_;
  return policies_->Names(method.method) ? nullptr : &unnamed_methods_;
}

const Binding* Registry::BindingOf(const BreakerName& method,
                                   const Policy& policy, TimePoint now) {
  BreakerName name = {method.target,
                      std::string(BreakerKey(policy.scope, method.method)),
                      method.key};
  std::unique_ptr<Entry>& entry = breakers_[name];
  if (entry == nullptr) {
    entry =
        std::make_unique<Entry>(std::move(name), policy, clock_, *dispatcher_);
    if (meters_calls_) entry->observed.StartMeter(duration_bounds_);
  } else if (*entry->binding->policy != policy) {
    entry->observed.breaker().Update(policy.settings(), now);
    entry->Bind(policy);
  }
  return entry->binding;
}

absl::Status Registry::Update(const Config& config,
                              std::optional<uint64_t> generation) {
  auto policies = PolicyTable::Create(config);
  if (!policies.ok()) {
    ReportConfigError(policies.status());
    return policies.status();
  }
  Event event;
  event.type = EventType::kConfigUpdated;
  {
    MutexLock lock(mu_);
    if (generation && *generation != config_generation_) {
      return absl::AbortedError(
          "generation: must be that of the config in force, " +
          std::to_string(config_generation_) + ", is " +
          std::to_string(*generation));
    }
    policies_ = *std::move(policies);
    event.config_generation = ++config_generation_;
    unnamed_methods_.count = keyed_methods_.count = 0;
    for (GuardedMethod* const method : methods_.All()) {
      if (Bound* const bound = BoundOf(method->name())) ++bound->count;
      const Policy* const policy = policies_->Find(method->name().method);
      method->Bind(policy == nullptr
                       ? nullptr
                       : BindingOf(method->name(), *policy, clock_.Now()));
    }
  }
  Tell(std::move(event));
  return absl::OkStatus();
}

void Registry::ReportConfigError(const absl::Status& error) {
  config_errors_.fetch_add(1, std::memory_order_relaxed);
  Event event;
  event.type = EventType::kConfigRefused;
  event.config_generation = config_generation();
  event.code = error.code();
  event.detail = std::string(error.message());
  Tell(std::move(event));
}

void Registry::Tell(Event event) {
  event.at = clock_.Now();
  dispatcher_->Push(std::move(event));
  dispatcher_->Flush();
}

Subscription Registry::Subscribe(EventListener listener, EventFilter filter,
                                 ListenerLook look) {
  return {dispatcher_, dispatcher_->AddListener(std::move(listener), filter,
                                                std::move(look))};
}

void Registry::MeterCalls() {
  MutexLock lock(mu_);
  if (std::exchange(meters_calls_, true)) return;
  overflow_entry_->observed.StartMeter(duration_bounds_);
  for (const auto& [name, entry] : breakers_) {
    entry->observed.StartMeter(duration_bounds_);
  }
}

uint64_t Registry::config_generation() const {
  MutexLock lock(mu_);
  return config_generation_;
}

ConfigInForce Registry::config_in_force() const {
  MutexLock lock(mu_);
  return {policies_->config(), config_generation_};
}

std::vector<const Registry::Entry*> Registry::EntriesInUse() const {
  std::set<const internal::ObservedBreaker*> in_use;
  for (const GuardedMethod* const method : methods_.All()) {
    if (const Binding* const binding = method->binding()) {
      in_use.insert(&binding->observed);
    }
  }
  std::map<BreakerName, const Entry*> sorted;
  {
    MutexLock lock(mu_);
    for (const auto& [name, entry] : breakers_) {
      if (in_use.count(&entry->observed) != 0) sorted[name] = entry.get();
    }
  }
  if (overflow_entry_->observed.breaker().TakeSnapshot().totals.admitted != 0) {
    sorted[overflow_entry_->observed.name()] = overflow_entry_.get();
  }
  std::vector<const Entry*> entries;
  entries.reserve(sorted.size());
  for (const auto& [name, entry] : sorted) entries.push_back(entry);
  return entries;
}

std::vector<Registry::BreakerInUse> Registry::BreakersInUse() const {
  std::vector<BreakerInUse> breakers;
  for (const Entry* const entry : EntriesInUse()) {
    breakers.push_back({entry->observed.name(), entry->observed.breaker()});
  }
  return breakers;
}

std::vector<MethodSnapshot> Registry::TakeSnapshot(TimePoint now) const {
  std::vector<MethodSnapshot> snapshots;
  for (const Entry* const entry : EntriesInUse()) {
    std::shared_ptr<const Policy> policy;
    {
      MutexLock lock(mu_);
      policy = entry->binding->policy;
    }
    snapshots.push_back({entry->observed.name(),
                         entry->observed.breaker().TakeSnapshot(now),
                         entry->observed.ReadMeter(), std::move(policy)});
  }
  return snapshots;
}

}  // namespace fusebox
