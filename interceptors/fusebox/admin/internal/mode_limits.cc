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
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
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
                         const Request& request) {
  {
    MutexLock lock(mu_);
    const bool limited = request.mode && request.limit;
    if (limited && !thread_.Start()) return false;
    const TimePoint now = registry_->clock().Now();
    const Snapshot before = breaker->TakeSnapshot(now);
    OperatorAct act;
    act.author = request.author;
    if (limited) act.limit = request.limit;
    Hold hold = {0, now, act.limit, std::nullopt, request.author};
    if (!request.mode) {
      act.kind = OperatorAct::Kind::kCleared;
    } else if (before.operator_mode == request.mode) {
      act.kind = OperatorAct::Kind::kRenewed;
      const auto old = holds_.find(name);
      if (old != holds_.end() &&
          old->second.hold.setting == before.operator_settings) {
        hold.since = old->second.hold.since;
      }
    }
    holds_.erase(name);
    const bool changes = request.mode || before.operator_mode;
    hold.setting =
        breaker->SetOperatorMode(request.mode, now, changes ? &act : nullptr);
    if (limited) hold.end = SaturatingAdd(now, *request.limit);
    if (request.mode) holds_[name] = {breaker, std::move(hold)};
  }
  thread_.Wake();
  return true;
}

std::map<BreakerName, ModeLimits::Hold> ModeLimits::Read() {
  MutexLock lock(mu_);
  ClearDue();
  std::map<BreakerName, Hold> holds;
  for (const auto& [name, held] : holds_) holds[name] = held.hold;
  return holds;
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
  for (auto it = holds_.begin(); it != holds_.end();) {
    const Hold& hold = it->second.hold;
    const std::shared_ptr<Breaker> breaker = it->second.breaker.lock();
    if (breaker == nullptr || (hold.end && *hold.end <= now)) {
      if (breaker != nullptr) {
        const OperatorAct act = {OperatorAct::Kind::kExpired, hold.author,
                                 hold.limit};
        breaker->TakeBackOperatorMode(hold.setting, now, &act);
      }
      it = holds_.erase(it);
    } else {
      if (hold.end) next = std::min(next.value_or(*hold.end), *hold.end);
      ++it;
    }
  }
  return next;
}

}  // namespace fusebox::internal
