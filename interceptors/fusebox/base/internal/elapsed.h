// elapsed.h: how much time has passed, whatever the clock says.

#ifndef FUSEBOX_BASE_INTERNAL_ELAPSED_H_
#define FUSEBOX_BASE_INTERNAL_ELAPSED_H_

#include <algorithm>
#include <cstdint>

#include "fusebox/base/clock.h"

namespace fusebox::internal {

// From `from` to `to`: 0 if that is earlier, and the longest Duration there is
// where the difference would overflow.
inline Duration Elapsed(TimePoint from, TimePoint to) noexcept {
  if (to <= from) return Duration::zero();
  const uint64_t difference =
      static_cast<uint64_t>(to.time_since_epoch().count()) -
      static_cast<uint64_t>(from.time_since_epoch().count());
  constexpr auto kMax = static_cast<uint64_t>(Duration::max().count());
  return Duration(static_cast<Duration::rep>(std::min(difference, kMax)));
}

// `sum + more`, both at least 0, likewise.
inline Duration SaturatingSum(Duration sum, Duration more) noexcept {
  return more > Duration::max() - sum ? Duration::max() : sum + more;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_ELAPSED_H_
