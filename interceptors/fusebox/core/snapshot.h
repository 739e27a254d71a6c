// snapshot.h: what a breaker shows of itself.

#ifndef FUSEBOX_CORE_SNAPSHOT_H_
#define FUSEBOX_CORE_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {

// What a window holds. `calls` are successes and failures; a call can be both
// a failure and slow.
struct WindowCounts {
  uint64_t calls = 0;
  uint64_t failures = 0;
  uint64_t slow_calls = 0;
};

// A reading of the totals. Each number is exact when no call is under way;
// while calls are, the numbers may be a few calls apart from one another.
struct FUSEBOX_EXPORT TotalsReading {
  // Calls that passed. `ended` of them gave their slot back; the rest is in
  // flight. At rest: admitted == ended == successes + failures + ignored.
  uint64_t admitted = 0;
  uint64_t ended = 0;

  // Verdicts. `ignored` includes the `abandoned`: calls that ended without one.
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  uint64_t abandoned = 0;

  // Of the ignored too: calls that ended as cancelled, by their own application
  // and by anybody else (the server, an outer call).
  uint64_t own_cancels = 0;
  uint64_t other_cancels = 0;

  // Calls that broke after their verdict, a success, was given: streams whose
  // first message had come. No verdicts of their own.
  uint64_t broken_streams = 0;

  // Calls that a fallback answered in the backend's place (counted as rejected
  // or failed too). No outcomes.
  uint64_t fallbacks = 0;

  // Verdicts that came after their generation was over (counted above too).
  uint64_t late = 0;

  // Rejections, by reason.
  std::array<uint64_t, kRejectionReasonCount> rejected{};

  // Calls that DRY_RUN let pass and ENFORCE would have rejected, by reason
  // (counted as admitted too).
  std::array<uint64_t, kRejectionReasonCount> not_enforced{};

  // Probes that are over, by verdict (counted above too).
  std::array<uint64_t, 3> probes{};

  // Changes by where from, where to and why; see Transition.
  using ByReason = std::array<uint64_t, kTransitionReasonCount>;
  std::array<std::array<ByReason, kStateCount>, kStateCount> transitions{};

  uint64_t in_flight() const { return admitted > ended ? admitted - ended : 0; }
  uint64_t rejected_in_all() const;
};

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
