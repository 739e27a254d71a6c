// method_snapshot.h: what a registry tells about its methods.

#ifndef FUSEBOX_REGISTRY_METHOD_SNAPSHOT_H_
#define FUSEBOX_REGISTRY_METHOD_SNAPSHOT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"

namespace fusebox {

// One breaker of a registry at one moment.
struct MethodSnapshot {
  BreakerName name;
  Snapshot breaker;

  // The calls whose failures began the present outage, and caused its last
  // opening. Absent if there is no outage, or if no call caused it.
  std::optional<FailedCall> first_failure;
  std::optional<FailedCall> last_failure;

  // Calls by status code and duration. Absent unless MeterCalls() was called.
  std::optional<CallReading> calls;

  // The policy that applies to the calls of its methods. Never null.
  std::shared_ptr<const Policy> policy;
};

// The sums of all breakers that have left a registry.
struct RetiredBreakers {
  uint64_t count = 0;  // how many have left
  TotalsReading totals;
  Duration open_time{0};

  // Absent unless MeterCalls() was called.
  std::optional<CallReading> calls;
};

// A name in the config whose policy no call has met so far.
struct UnusedName {
  // "/shop.v1.Cart/Checkout", or "/shop.v1.Cart/" for a whole service.
  std::string name;

  // The most similar method, or service, that calls have met: it may be the one
  // that the config means. Empty if none is similar, and after the first 20.
  std::string nearest;
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_METHOD_SNAPSHOT_H_
