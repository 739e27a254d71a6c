// snapshot.h: what a breaker shows of itself.

#ifndef FUSEBOX_CORE_SNAPSHOT_H_
#define FUSEBOX_CORE_SNAPSHOT_H_

#include <cstdint>
#include <optional>

#include "fusebox/core/clock.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/totals.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"
#include "fusebox/core/window.h"

namespace fusebox {

// A breaker at one moment.
struct Snapshot {
  State state = State::kClosed;
  Mode mode = Mode::kEnforce;         // in force
  std::optional<Mode> operator_mode;  // set by an operator
  uint64_t operator_settings = 0;     // how often one was set or cleared
  uint64_t generation = 0;

  // When the state was entered; absent if it is the first one.
  std::optional<TimePoint> since;

  // OPEN: until when, and why. `openings` (in a row) also in HALF_OPEN, and in
  // CLOSED while open_backoff remembers the row.
  std::optional<TimePoint> open_until;
  Cause opened_by;
  uint32_t openings = 0;

  // How long it was OPEN in all, the present opening included.
  Duration open_time{0};

  // CLOSED: failures in a row so far, and what the window holds. All zeros
  // where no rule needs a window.
  uint32_t consecutive_failures = 0;
  WindowCounts window;

  // Calls that hold a slot of the bulkhead.
  uint32_t concurrent_calls = 0;

  // HALF_OPEN: how far it has come.
  uint32_t probes_in_flight = 0;
  uint32_t probe_successes = 0;

  // All zeros if the breaker keeps none.
  TotalsReading totals;

  // What it goes by at present.
  Settings settings;
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_SNAPSHOT_H_
