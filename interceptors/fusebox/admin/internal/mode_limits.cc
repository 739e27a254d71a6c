#include "fusebox/admin/internal/mode_limits.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/worker.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {
namespace {

// The registry's clock may be one that is set: it is looked at that often.
constexpr Duration kLook = std::chrono::seconds(1);

}  // namespace

ModeLimits::ModeLimits(std::shared_ptr<Registry> registry)
    : registry_(std::move(registry)) {}

ModeLimits::~ModeLimits() {
  std::thread thread;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_.notify_all();
  if (thread.joinable()) thread.join();
}

bool ModeLimits::SetMode(const BreakerName& name, Breaker& breaker,
                         std::optional<Mode> mode,
                         std::optional<Duration> limit) {
  {
    MutexLock lock(mu_);
    const bool limited = mode && limit;
    if (limited && !thread_.joinable() &&
        !StartThread([this] { Run(); }, &thread_)) {
      return false;
    }
    const TimePoint now = registry_->clock().Now();
    limits_.erase(name);
    const uint64_t setting = breaker.SetOperatorMode(mode, now);
    if (limited) {
      limits_[name] = {&breaker, {setting, SaturatingAdd(now, *limit)}};
    }
  }
  changed_.notify_all();
  return true;
}

std::map<BreakerName, ModeLimits::End> ModeLimits::Read() {
  MutexLock lock(mu_);
  ClearDue();
  std::map<BreakerName, End> ends;
  for (const auto& [name, limit] : limits_) ends[name] = limit.end;
  return ends;
}

void ModeLimits::Run() {
  MutexLock lock(mu_);
  while (!stopping_) {
    if (const std::optional<TimePoint> next = ClearDue()) {
      const Duration left = Elapsed(registry_->clock().Now(), *next);
      changed_.wait_for(mu_, std::min(left, kLook));
    } else {
      changed_.wait(mu_);
    }
  }
}

std::optional<TimePoint> ModeLimits::ClearDue() {
  std::optional<TimePoint> next;
  const TimePoint now = registry_->clock().Now();
  for (auto it = limits_.begin(); it != limits_.end();) {
    const auto& [breaker, end] = it->second;
    if (end.at <= now) {
      breaker->TakeBackOperatorMode(end.setting, now);
      it = limits_.erase(it);
    } else {
      next = std::min(next.value_or(end.at), end.at);
      ++it;
    }
  }
  return next;
}

}  // namespace fusebox::internal
