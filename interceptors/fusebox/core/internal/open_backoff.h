// open_backoff.h: how long an opening lasts, and which openings are in a row.

#ifndef FUSEBOX_CORE_INTERNAL_OPEN_BACKOFF_H_
#define FUSEBOX_CORE_INTERNAL_OPEN_BACKOFF_H_

#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/base/random.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {

// Computed in double and rounded to the nanosecond, halves away from zero; the
// longest Duration where that would overflow. `nanoseconds` is at least 0.
Duration RoundToDuration(double nanoseconds) noexcept;

// The length of the `opening`-th opening in a row (1 for the first), push-back
// aside: open_duration * multiplier^(opening-1), at most max_duration, give or
// take the jitter. Without open_backoff it is open_duration, exactly. Asks
// `random` only if there is jitter.
Duration OpenLength(const Settings& settings, uint32_t opening,
                    RandomSource& random) noexcept;

// Whether a trip after the circuit has been CLOSED from `closed_since` to `now`
// starts a new row. Without open_backoff every trip does.
bool StartsNewRow(const Settings& settings, TimePoint closed_since,
                  TimePoint now) noexcept;

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_OPEN_BACKOFF_H_
