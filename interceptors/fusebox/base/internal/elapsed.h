// elapsed.h: computes spans of time that never overflow.

#ifndef FUSEBOX_BASE_INTERNAL_ELAPSED_H_
#define FUSEBOX_BASE_INTERNAL_ELAPSED_H_

#include <algorithm>
#include <cstdint>

#include "fusebox/base/clock.h"

namespace fusebox::internal {

// Returns the time from `from` to `to`. Returns 0 if `to` is earlier, and
// Duration::max() if the difference would overflow.
inline Duration Elapsed(TimePoint from, TimePoint to) noexcept {
  if (to <= from) return Duration::zero();
  const uint64_t difference =
      static_cast<uint64_t>(to.time_since_epoch().count()) -
      static_cast<uint64_t>(from.time_since_epoch().count());
  constexpr auto kMax = static_cast<uint64_t>(Duration::max().count());
  return Duration(static_cast<Duration::rep>(std::min(difference, kMax)));
}

// Returns `sum + more`, or Duration::max() if that would overflow. Both are at
// least 0.
inline Duration SaturatingSum(Duration sum, Duration more) noexcept {
  return more > Duration::max() - sum ? Duration::max() : sum + more;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_ELAPSED_H_
