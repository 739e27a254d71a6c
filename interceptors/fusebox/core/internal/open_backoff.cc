#include "fusebox/core/internal/open_backoff.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/base/random.h"
#include "fusebox/core/settings.h"

namespace fusebox::internal {

Duration RoundToDuration(double nanoseconds) noexcept {
  constexpr double kTooLong = 0x1p63;
  const double rounded = std::round(nanoseconds);
  return rounded < kTooLong ? Duration(static_cast<Duration::rep>(rounded))
                            : Duration::max();
}

Duration OpenLength(const Settings& settings, uint32_t opening,
                    RandomSource& random) noexcept {
  if (!settings.open_backoff) return settings.open_duration;
  const OpenBackoff& backoff = *settings.open_backoff;
  const Duration grown =
      RoundToDuration(static_cast<double>(settings.open_duration.count()) *
                      std::pow(backoff.multiplier, opening - 1.0));
  const Duration length = std::min(grown, backoff.max_duration);
  if (backoff.jitter == 0) return length;
  const double share = 1 + backoff.jitter * (2 * random.Next() - 1);
  return RoundToDuration(static_cast<double>(length.count()) * share);
}

bool StartsNewRow(const Settings& settings, TimePoint closed_since,
                  TimePoint now) noexcept {
  return !settings.open_backoff ||
         SaturatingAdd(closed_since, settings.open_backoff->max_duration) <=
             now;
}

}  // namespace fusebox::internal
