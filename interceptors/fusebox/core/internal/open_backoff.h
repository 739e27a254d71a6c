// open_backoff.h: how long an opening lasts, and which ones are consecutive.

#ifndef FUSEBOX_CORE_INTERNAL_OPEN_BACKOFF_H_
#define FUSEBOX_CORE_INTERNAL_OPEN_BACKOFF_H_

#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/base/random.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {

// Rounds to whole nanoseconds, halves away from zero. Returns Duration::max()
// if that would overflow. `nanoseconds` is at least 0.
Duration RoundToDuration(double nanoseconds) noexcept;

// Returns the length of the `opening`-th consecutive opening (1 = first)
// without push-back: open_duration * multiplier^(opening-1), at most
// max_duration, plus or minus the jitter, computed in double. Without
// open_backoff, returns exactly open_duration. Draws from `random` only if
// there is jitter.
Duration OpenLength(const Settings& settings, uint32_t opening,
                    RandomSource& random) noexcept;

// Returns whether a trip starts a new run of consecutive openings if the
// circuit was CLOSED from `closed_since` to `now`. Without open_backoff every
// trip does.
bool StartsNewRow(const Settings& settings, TimePoint closed_since,
                  TimePoint now) noexcept;

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_OPEN_BACKOFF_H_
