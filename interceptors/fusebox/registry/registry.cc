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
#include "fusebox/policy/scope.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/call_recorder.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/method_breaker.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

using internal::BreakerTable;
using internal::MethodBreaker;

namespace {

constexpr char kOverflowName[] = "other";

Policy NeverOpens() {
  Policy policy;
  policy.mode = Mode::kDisabled;
  return policy;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Registry>> Registry::Create(
    const Config& config, const Options& options) {
  if (const Problems problems = config.Validate(); !problems.empty()) {
    return absl::InvalidArgumentError(ToString(problems));
  }
  return std::shared_ptr<Registry>(new Registry(config, options));
}

absl::StatusOr<std::shared_ptr<Registry>> Registry::Create(
    const absl::StatusOr<Config>& config, const Options& options) {
  if (!config.ok()) return config.status();
  return Create(*config, options);
}

Registry::Registry(const Config& config, const Options& options)
    : clock_(*options.clock),
      dispatcher_(std::make_shared<internal::Dispatcher>(clock_)),
      policies_(std::make_unique<PolicyTable>(config)),
      unnamed_methods_{options.max_unnamed_methods},
      keyed_methods_{options.max_keyed_methods},
      overflow_entry_(MakeEntry({"", kOverflowName, ""}, NeverOpens())),
      overflow_("", kOverflowName, NeverOpens(), *overflow_entry_->breaker, "",
                &overflow_entry_->recorder) {}

Registry::~Registry() { dispatcher_->Stop(); }

std::unique_ptr<Registry::Entry> Registry::MakeEntry(BreakerName name,
                                                     const Policy& policy) {
  std::string text = name.method;
  if (!name.key.empty()) text.append(" [").append(name.key).append("]");
  auto entry = std::make_unique<Entry>(std::move(name), *dispatcher_);
  Breaker::Options options;
  options.clock = &clock_;
  options.sink = &entry->recorder;
  entry->breaker = Breaker::Create(std::move(text), policy, options);
  entry->policy = std::make_shared<const Policy>(policy);
  return entry;
}

MethodBreaker* Registry::Find(std::string_view target,
                              std::string_view full_method,
                              std::string_view key) {
  const BreakerTable::Id id(target, full_method, key);
  MethodBreaker* found = methods_.Find(id);
  if (found == nullptr) {
    MutexLock lock(mu_);
    found = methods_.Find(id);  // made meanwhile?
    if (found == nullptr) found = Make(id);
  }
  return found == nullptr || found->exempt() ? nullptr : found;
}

MethodBreaker* Registry::Make(const BreakerTable::Id& id) {
  const Policy* const policy = policies_->Find(id.method);
  if (policy == nullptr && !id.key.empty()) return nullptr;
  if (Bound* const bound = BoundOf(id)) {
    if (bound->count >= bound->most) {
      return policy == nullptr ? nullptr : &overflow_;
    }
    ++bound->count;
  }
  Entry& entry =
      policy == nullptr ? *overflow_entry_ : EntryOf(id, *policy, clock_.Now());
  auto method = std::make_unique<MethodBreaker>(
      std::string(id.target), std::string(id.method),
      policy == nullptr ? NeverOpens() : *policy, *entry.breaker,
      std::string(id.key), &entry.recorder);
  if (policy == nullptr) method->Exempt();
  return methods_.Insert(std::move(method));
}

Registry::Bound* Registry::BoundOf(const BreakerTable::Id& id) {
  if (!id.key.empty()) return &keyed_methods_;
  return policies_->Names(id.method) ? nullptr : &unnamed_methods_;
}

Registry::Entry& Registry::EntryOf(const BreakerTable::Id& id,
                                   const Policy& policy, TimePoint now) {
  BreakerName name = {std::string(id.target),
                      std::string(BreakerKey(policy.scope, id.method)),
                      std::string(id.key)};
  std::unique_ptr<Entry>& entry = breakers_[name];
  if (entry == nullptr) {
    entry = MakeEntry(std::move(name), policy);
    if (meters_calls_) entry->recorder.StartMeter();
  } else if (*entry->policy != policy) {
    entry->breaker->Update(policy, now);
    entry->policy = std::make_shared<const Policy>(policy);
  }
  return *entry;
}

absl::Status Registry::Update(const Config& config,
                              std::optional<uint64_t> generation) {
  if (const Problems problems = config.Validate(); !problems.empty()) {
    absl::Status error = absl::InvalidArgumentError(ToString(problems));
    ReportConfigError(error);
    return error;
  }
  auto policies = std::make_unique<const PolicyTable>(config);
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
    policies_ = std::move(policies);
    event.config_generation = ++config_generation_;
    unnamed_methods_.count = keyed_methods_.count = 0;
    for (MethodBreaker* const method : methods_.All()) {
      const BreakerTable::Id id(*method);
      if (Bound* const bound = BoundOf(id)) ++bound->count;
      const Policy* const policy = policies_->Find(method->method());
      if (policy == nullptr) {
        method->Exempt();
      } else {
        Entry& entry = EntryOf(id, *policy, clock_.Now());
        method->Update(*policy, *entry.breaker, &entry.recorder);
      }
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

Subscription Registry::Subscribe(EventListener listener, EventFilter filter) {
  return {dispatcher_, dispatcher_->AddListener(std::move(listener), filter)};
}

void Registry::MeterCalls() {
  MutexLock lock(mu_);
  if (std::exchange(meters_calls_, true)) return;
  overflow_entry_->recorder.StartMeter();
  for (const auto& [name, entry] : breakers_) entry->recorder.StartMeter();
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
  std::set<const Breaker*> in_use;
  for (const MethodBreaker* const method : methods_.All()) {
    if (!method->exempt()) in_use.insert(&method->breaker());
  }
  std::map<BreakerName, const Entry*> sorted;
  {
    MutexLock lock(mu_);
    for (const auto& [name, entry] : breakers_) {
      if (in_use.count(entry->breaker.get()) != 0) sorted[name] = entry.get();
    }
  }
  if (overflow_entry_->breaker->TakeSnapshot().totals.admitted != 0) {
    sorted[overflow_entry_->recorder.name()] = overflow_entry_.get();
  }
  std::vector<const Entry*> entries;
  entries.reserve(sorted.size());
  for (const auto& [name, entry] : sorted) entries.push_back(entry);
  return entries;
}

std::vector<Registry::BreakerInUse> Registry::BreakersInUse() const {
  std::vector<BreakerInUse> breakers;
  for (const Entry* const entry : EntriesInUse()) {
    breakers.push_back({entry->recorder.name(), *entry->breaker});
  }
  return breakers;
}

std::vector<MethodSnapshot> Registry::TakeSnapshot(TimePoint now) const {
  std::vector<MethodSnapshot> snapshots;
  for (const Entry* const entry : EntriesInUse()) {
    std::shared_ptr<const Policy> policy;
    {
      MutexLock lock(mu_);
      policy = entry->policy;
    }
    snapshots.push_back({entry->recorder.name(),
                         entry->breaker->TakeSnapshot(now),
                         entry->recorder.ReadMeter(), std::move(policy)});
  }
  return snapshots;
}

}  // namespace fusebox
