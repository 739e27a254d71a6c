#include "fusebox/admin/internal/mode_limits.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {
namespace {

// How often to look at the registry's clock, which a test may set.
constexpr Duration kLook = std::chrono::seconds(1);

}  // namespace

ModeLimits::ModeLimits(std::shared_ptr<Registry> registry)
    : registry_(std::move(registry)) {}

bool ModeLimits::SetMode(const BreakerName& name,
                         const std::shared_ptr<Breaker>& breaker,
                         std::optional<Mode> mode,
                         std::optional<Duration> limit) {
  {
    MutexLock lock(mu_);
    const bool limited = mode && limit;
    if (limited && !thread_.Start()) return false;
    const TimePoint now = registry_->clock().Now();
    limits_.erase(name);
    const uint64_t setting = breaker->SetOperatorMode(mode, now);
    if (limited) {
      limits_[name] = {breaker, {setting, SaturatingAdd(now, *limit)}};
    }
  }
  thread_.Wake();
  return true;
}

std::map<BreakerName, ModeLimits::End> ModeLimits::Read() {
  MutexLock lock(mu_);
  ClearDue();
  std::map<BreakerName, End> ends;
  for (const auto& [name, limit] : limits_) ends[name] = limit.end;
  return ends;
}

std::optional<Duration> ModeLimits::TakeTurn() {
  MutexLock lock(mu_);
  const std::optional<TimePoint> next = ClearDue();
  if (!next) return std::nullopt;
  return std::min(Elapsed(registry_->clock().Now(), *next), kLook);
}

std::optional<TimePoint> ModeLimits::ClearDue() {
  std::optional<TimePoint> next;
  const TimePoint now = registry_->clock().Now();
  for (auto it = limits_.begin(); it != limits_.end();) {
    const End end = it->second.end;
    const std::shared_ptr<Breaker> breaker = it->second.breaker.lock();
    if (breaker == nullptr || end.at <= now) {
      if (breaker != nullptr) breaker->TakeBackOperatorMode(end.setting, now);
      it = limits_.erase(it);
    } else {
      next = std::min(next.value_or(end.at), end.at);
      ++it;
    }
  }
  return next;
}

}  // namespace fusebox::internal
