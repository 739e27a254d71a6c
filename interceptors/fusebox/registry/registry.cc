#include "fusebox/registry/registry.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/clock.h"
#include "fusebox/core/mutex.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/policy/scope.h"
#include "fusebox/registry/method_breaker.h"

namespace fusebox {
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
      policies_(std::make_unique<PolicyTable>(config)),
      unnamed_methods_{options.most_unnamed_methods},
      keyed_methods_{options.most_keyed_methods},
      overflow_breaker_(
          Breaker::Create(kOverflowName, NeverOpens(), BreakerOptions())),
      overflow_("", kOverflowName, NeverOpens(), *overflow_breaker_) {}

Registry::~Registry() = default;

Breaker::Options Registry::BreakerOptions() {
  Breaker::Options options;
  options.clock = &clock_;
  options.sink = &dispatcher_;
  return options;
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
  auto method = std::make_unique<MethodBreaker>(
      std::string(id.target), std::string(id.method),
      policy == nullptr ? NeverOpens() : *policy,
      policy == nullptr ? *overflow_breaker_
                        : BreakerOf(id, *policy, clock_.Now()),
      std::string(id.key));
  if (policy == nullptr) method->Exempt();
  return methods_.Insert(std::move(method));
}

Registry::Bound* Registry::BoundOf(const BreakerTable::Id& id) {
  if (!id.key.empty()) return &keyed_methods_;
  return policies_->Names(id.method) ? nullptr : &unnamed_methods_;
}

Breaker& Registry::BreakerOf(const BreakerTable::Id& id, const Policy& policy,
                             TimePoint now) {
  BreakerId breaker_id = {std::string(id.target),
                          std::string(BreakerKey(policy.scope, id.method)),
                          std::string(id.key)};
  std::string name = breaker_id.method;
  if (!id.key.empty()) name.append(" [").append(id.key).append("]");
  std::unique_ptr<Breaker>& breaker = breakers_[std::move(breaker_id)];
  if (breaker == nullptr) {
    breaker = Breaker::Create(std::move(name), policy, BreakerOptions());
  } else {
    breaker->Update(policy, now);
  }
  return *breaker;
}

absl::Status Registry::Update(const Config& config) {
  if (const Problems problems = config.Validate(); !problems.empty()) {
    return absl::InvalidArgumentError(ToString(problems));
  }
  auto policies = std::make_unique<const PolicyTable>(config);
  MutexLock lock(mu_);
  policies_ = std::move(policies);
  ++config_generation_;
  unnamed_methods_.count = keyed_methods_.count = 0;
  for (MethodBreaker* const method : methods_.All()) {
    const BreakerTable::Id id(*method);
    if (Bound* const bound = BoundOf(id)) ++bound->count;
    const Policy* const policy = policies_->Find(method->method());
    if (policy == nullptr) {
      method->Exempt();
    } else {
      method->Update(*policy, BreakerOf(id, *policy, clock_.Now()));
    }
  }
  return absl::OkStatus();
}

uint64_t Registry::config_generation() const {
  MutexLock lock(mu_);
  return config_generation_;
}

Config Registry::config() const {
  MutexLock lock(mu_);
  return policies_->config();
}

std::vector<MethodSnapshot> Registry::TakeSnapshot() const {
  std::set<const Breaker*> in_use;
  for (const MethodBreaker* const method : methods_.All()) {
    if (!method->exempt()) in_use.insert(&method->breaker());
  }
  std::map<BreakerId, const Breaker*> sorted;
  {
    MutexLock lock(mu_);
    for (const auto& [id, breaker] : breakers_) {
      if (in_use.count(breaker.get()) != 0) sorted[id] = breaker.get();
    }
  }
  if (overflow_breaker_->TakeSnapshot().totals.admitted != 0) {
    sorted[{overflow_.target(), kOverflowName, ""}] = overflow_breaker_.get();
  }
  std::vector<MethodSnapshot> snapshots;
  snapshots.reserve(sorted.size());
  for (const auto& [id, breaker] : sorted) {
    snapshots.push_back(
        {id.target, id.method, id.key, breaker->TakeSnapshot()});
  }
  return snapshots;
}

}  // namespace fusebox
