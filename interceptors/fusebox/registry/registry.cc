#include "fusebox/registry/registry.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
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
      most_unnamed_methods_(options.most_unnamed_methods),
      policies_(std::make_unique<PolicyTable>(config)),
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
                              std::string_view full_method) {
  MethodBreaker* found = methods_.Find(target, full_method);
  if (found == nullptr) {
    MutexLock lock(mu_);
    found = methods_.Find(target, full_method);  // made meanwhile?
    if (found == nullptr) {
      if (unnamed_methods_ >= most_unnamed_methods_ &&
          !policies_->Names(full_method)) {
        return policies_->Find(full_method) == nullptr ? nullptr : &overflow_;
      }
      found = methods_.Insert(NewMethod(target, full_method));
    }
  }
  return found->exempt() ? nullptr : found;
}

std::unique_ptr<MethodBreaker> Registry::NewMethod(
    std::string_view target, std::string_view full_method) {
  if (!policies_->Names(full_method)) ++unnamed_methods_;
  const Policy* const policy = policies_->Find(full_method);
  const bool exempt = policy == nullptr;
  auto method = std::make_unique<MethodBreaker>(
      std::string(target), std::string(full_method),
      exempt ? NeverOpens() : *policy,
      exempt ? *overflow_breaker_
             : BreakerOf(target, full_method, *policy, clock_.Now()));
  if (exempt) method->Exempt();
  return method;
}

Breaker& Registry::BreakerOf(std::string_view target,
                             std::string_view full_method, const Policy& policy,
                             TimePoint now) {
  std::pair<std::string, std::string> key(
      target, BreakerKey(policy.scope, full_method));
  std::unique_ptr<Breaker>& breaker = breakers_[key];
  if (breaker == nullptr) {
    breaker = Breaker::Create(std::move(key.second), policy, BreakerOptions());
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
  unnamed_methods_ = 0;
  for (MethodBreaker* const method : methods_.All()) {
    if (!policies_->Names(method->method())) ++unnamed_methods_;
    const Policy* const policy = policies_->Find(method->method());
    if (policy == nullptr) {
      method->Exempt();
    } else {
      method->Update(*policy, BreakerOf(method->target(), method->method(),
                                        *policy, clock_.Now()));
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
  std::set<std::tuple<std::string, std::string, const Breaker*>> in_use;
  for (const MethodBreaker* const method : methods_.All()) {
    if (method->exempt()) continue;
    const Breaker& breaker = method->breaker();
    in_use.emplace(method->target(), breaker.name(), &breaker);
  }
  if (overflow_breaker_->TakeSnapshot().totals.admitted != 0) {
    in_use.emplace(overflow_.target(), kOverflowName, overflow_breaker_.get());
  }
  std::vector<MethodSnapshot> snapshots;
  for (const auto& [target, name, breaker] : in_use) {
    snapshots.push_back({target, name, breaker->TakeSnapshot()});
  }
  return snapshots;
}

}  // namespace fusebox
