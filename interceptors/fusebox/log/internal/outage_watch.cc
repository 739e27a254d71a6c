#include "fusebox/log/internal/outage_watch.h"

#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/log/event_text.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {
namespace {

// Returns whether the state of the circuit is the reason of the rejection.
bool IsOfState(RejectionReason reason) {
  return reason == RejectionReason::kOpen ||
         reason == RejectionReason::kProbesBusy ||
         reason == RejectionReason::kReconnecting;
}

}  // namespace

bool OutageWatch::OnTransition(const Event& event) {
  const Transition& change = event.transition;
  const auto found = running_.find(*event.breaker);
  const bool known = found != running_.end();
  if (change.to == State::kClosed || !change.outage) {
    if (known) running_.erase(found);
    return known;
  }
  Running& running = known ? found->second : running_[*event.breaker];
  running.outage = *change.outage;
  if (!known) {
    running.why = CauseText(event);
    running.next = SaturatingAdd(event.at, kPeriod);
  } else if (change.to == State::kOpen) {
    running.last = CauseText(event);
  }
  return known;
}

bool OutageWatch::OnCalls(const Event& event) {
  const auto found = running_.find(*event.breaker);
  if (found == running_.end()) return false;
  Outage& outage = found->second.outage;
  switch (event.type) {
    case EventType::kRejection:
      (event.enforced ? outage.rejected : outage.not_enforced) += event.count;
      return IsOfState(event.reason);
    case EventType::kFallback:
      outage.fallbacks += event.count;
      return true;
    default:
      return event.type == EventType::kProbe;
  }
}

bool OutageWatch::OnRetired(const Event& event) {
  return running_.erase(*event.breaker) > 0;
}

std::optional<std::string> OutageWatch::TakeDue(const Event& event) {
  const auto found = running_.find(*event.breaker);
  if (found == running_.end() || event.at < found->second.next) {
    return std::nullopt;
  }
  Running& running = found->second;
  running.next = SaturatingAdd(event.at, kPeriod);
  std::string text = BreakerText(*event.breaker) + ": not CLOSED for " +
                     OutageText(running.outage, event.at) + ": " + running.why;
  if (!running.last.empty()) text += "; then " + running.last;
  return text;
}

}  // namespace fusebox::internal
