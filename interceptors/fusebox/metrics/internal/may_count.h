// may_count.h: which counters of a breaker its policy and its mode let count.
//
// A counter that may count has a series from its first moment. Otherwise
// Prometheus would not see its first step. A counter that cannot count has no
// series, because a large process would have many of them.

#ifndef FUSEBOX_METRICS_INTERNAL_MAY_COUNT_H_
#define FUSEBOX_METRICS_INTERNAL_MAY_COUNT_H_

#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

// Returns whether the settings allow this change, as the table in
// core/internal/machine.h says. A mode may change in any state.
bool MayHappen(const Settings& settings, State from, State to,
               TransitionReason reason);

// Returns whether calls may be rejected for this reason. An operator may force
// the circuit open at any time.
bool MayReject(const Settings& settings, RejectionReason reason);

// Returns whether calls may pass that ENFORCE would reject for this reason.
// Only DRY_RUN lets them pass.
bool MayNotEnforce(const Snapshot& breaker, RejectionReason reason);

}  // namespace fusebox::internal

#endif  // FUSEBOX_METRICS_INTERNAL_MAY_COUNT_H_
