#include "fusebox/registry/registry.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
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
#include "fusebox/core/snapshot.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/config_history.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/observed_breaker.h"
#include "fusebox/registry/internal/target.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

using internal::MethodUse;
using internal::OpenTarget;
using internal::Target;

namespace {

void Add(const CallReading& more, CallReading* sum) {
  for (size_t o = 0; o < CallReading::kOutcomes; ++o) {
    for (size_t c = 0; c < CallReading::kCodes; ++c) {
      sum->calls[o][c] += more.calls[o][c];
    }
    const CallReading::Durations& from = more.durations[o];
    CallReading::Durations& to = sum->durations[o];
    to.buckets.resize(from.buckets.size());
    for (size_t b = 0; b < to.buckets.size(); ++b) {
      to.buckets[b] += from.buckets[b];
    }
    to.sum += from.sum;
  }
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
      configs_(std::move(policies), clock_.Now()),
      limits_{options.max_unnamed_methods, options.max_keyed_methods} {}

Registry::~Registry() { dispatcher_->Stop(); }

OpenTarget Registry::Open(std::string_view target) {
  MutexLock lock(mu_);
  auto found = targets_.find(target);
  if (found == targets_.end()) {
    std::string name(target);
    auto made = std::make_shared<Target>(name, limits_, clock_, *dispatcher_);
    if (meters_calls_) made->StartMeters(duration_bounds_);
    found = targets_.emplace(std::move(name), std::move(made)).first;
  }
  ++found->second->holders;
  return {std::shared_ptr<internal::TargetOwner>(shared_from_this(), this),
          found->second};
}

void Registry::Close(Target* target, bool dies) {
  // Nobody will ask for the sums. The clock may be gone by now: a call's
  // context may outlive everything else.
  if (dies && !dispatcher_->has_listeners()) return;
  Entries gone;
  {
    MutexLock lock(mu_);
    if (--target->holders > 0) return;
    gone = target->All();
    for (const std::string& method : target->Methods()) {
      met_names_.Add(method, configs_.policies());
    }
    Retire(gone);
    targets_.erase(target->name());
  }
  if (!gone.empty()) dispatcher_->Flush();
}

MethodUse Registry::Make(Target* target, std::string_view full_method,
                         std::string_view key) {
  Target::Made made;
  {
    MutexLock lock(mu_);
    made = target->Make(full_method, key, configs_.policies());
    if (!made.evicted.empty()) Retire(made.evicted);
  }
  if (!made.evicted.empty()) dispatcher_->Flush();
  if (made.overflows) {
    overflow_calls_.fetch_add(1, std::memory_order_relaxed);
    const BreakerName wanted = {target->name(), std::string(full_method),
                                std::string(key)};
    made.method->binding()->observed.Overflowed(wanted, clock_.Now());
  }
  return std::move(made.method);
}

void Registry::Retire(const Entries& entries) {
  const TimePoint now = clock_.Now();
  for (const auto& entry : entries) {
    const auto last = std::make_shared<const Snapshot>(
        entry->observed.breaker().TakeSnapshot(now));
    ++retired_.count;
    retired_.totals += last->totals;
    retired_.open_time += last->open_time;
    if (const auto calls = entry->observed.ReadMeter()) {
      if (!retired_.calls) retired_.calls.emplace();
      Add(*calls, &*retired_.calls);
    }
    entry->observed.Retired(last, now);
  }
}

std::shared_ptr<Breaker> Registry::FindBreaker(std::string_view target,
                                               std::string_view full_method,
                                               std::string_view key) {
  struct Kept {
    OpenTarget target;
    MethodUse method;
  };
  auto kept = std::make_shared<Kept>();
  kept->target = Open(target);
  kept->method = kept->target.Find(full_method, key);
  if (!kept->method) return nullptr;
  Breaker* const breaker = &kept->method->breaker();
  return {kept, breaker};
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
  for (const auto& [name, target] : targets_)
    target->StartMeters(duration_bounds_);
}

Registry::Entries Registry::EntriesInUse() const {
  Entries all;
  for (const auto& [name, target] : targets_) {
    Entries in_use = target->InUse();
    std::move(in_use.begin(), in_use.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<Registry::BreakerInUse> Registry::BreakersInUse() const {
  Entries entries;
  {
    MutexLock lock(mu_);
    entries = EntriesInUse();
  }
  std::vector<BreakerInUse> breakers;
  for (const auto& entry : entries) {
    internal::ObservedBreaker& observed = entry->observed;
    breakers.push_back({observed.name(), {entry, &observed.breaker()}});
  }
  return breakers;
}

uint64_t Registry::calls() const {
  RetiredBreakers retired;
  uint64_t calls = 0;
  for (const MethodSnapshot& one : TakeSnapshot(clock_.Now(), &retired)) {
    calls += one.breaker.totals.admitted + one.breaker.totals.rejected_in_all();
  }
  return calls + retired.totals.admitted + retired.totals.rejected_in_all();
}

std::vector<MethodSnapshot> Registry::TakeSnapshot(
    TimePoint now, RetiredBreakers* retired) const {
  Entries entries;
  std::vector<MethodSnapshot> snapshots;
  {
    MutexLock lock(mu_);
    entries = EntriesInUse();
    if (retired != nullptr) *retired = retired_;
    for (const auto& entry : entries) {
      snapshots.emplace_back().policy = entry->binding->policy;
    }
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    const internal::ObservedBreaker& observed = entries[i]->observed;
    snapshots[i].name = observed.name();
    snapshots[i].breaker = observed.breaker().TakeSnapshot(now);
    if (snapshots[i].breaker.outage) {
      internal::OutageCalls calls = observed.outage_calls();
      snapshots[i].first_failure = std::move(calls.first);
      snapshots[i].last_failure = std::move(calls.last);
    }
    snapshots[i].calls = observed.ReadMeter();
  }
  return snapshots;
}

}  // namespace fusebox
