// snapshot.h: a breaker's state and counters at one moment.
//
//   const fusebox::Snapshot snapshot = breaker->TakeSnapshot();
//   if (snapshot.outage) {
//     std::cout << "opened by " << snapshot.outage->cause.reason << "\n";
//   }
//   std::cout << snapshot.totals.rejected_in_all() << " rejections so far\n";

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

// The calls in a window: successes and failures. A call may be a failure and
// slow at once.
struct WindowCounts {
  uint64_t calls = 0;
  uint64_t failures = 0;
  uint64_t slow_calls = 0;
};

// The counts since the breaker was made. They are exact if no call is in
// flight. Otherwise they may differ from one another by a few calls.
struct FUSEBOX_EXPORT TotalsReading {
  // Calls that passed, and those of them that have ended; the others are in
  // flight. If none is, admitted == ended == successes + failures + ignored.
  uint64_t admitted = 0;
  uint64_t ended = 0;

  // Verdicts. `ignored` includes `abandoned`: calls that ended without one.
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  uint64_t abandoned = 0;

  // Cancelled calls, which `ignored` includes: cancelled by their own
  // application, and by somebody else (the server, an outer call).
  uint64_t own_cancels = 0;
  uint64_t other_cancels = 0;

  // Streams that broke after their verdict, a success, was given at the first
  // message. They have no second verdict.
  uint64_t broken_streams = 0;

  // Calls that a fallback answered. Each of them was rejected or failed, and is
  // counted there, too.
  uint64_t fallbacks = 0;

  // Verdicts of calls from an earlier generation. Also counted above.
  uint64_t late = 0;

  // Rejections, by reason.
  std::array<uint64_t, kRejectionReasonCount> rejected{};

  // Calls that DRY_RUN admitted and ENFORCE would have rejected, by reason.
  // Also counted as admitted.
  std::array<uint64_t, kRejectionReasonCount> not_enforced{};

  // Ended probes, by verdict (see Outcome). Also counted above.
  std::array<uint64_t, 3> probes{};

  // Transitions: [from][to][reason]. A change of mode has from == to.
  using ByReason = std::array<uint64_t, kTransitionReasonCount>;
  std::array<std::array<ByReason, kStateCount>, kStateCount> transitions{};

  // Return the calls in flight, and the sum of `rejected`.
  uint64_t in_flight() const { return admitted > ended ? admitted - ended : 0; }
  uint64_t rejected_in_all() const;

  // Adds the counts of another breaker.
  TotalsReading& operator+=(const TotalsReading& other);
};

// A breaker at one moment.
struct Snapshot {
  State state = State::kClosed;
  Mode mode = Mode::kEnforce;         // the mode in force
  std::optional<Mode> operator_mode;  // the operator's mode, if one is set
  uint64_t operator_settings = 0;     // times that it was set or removed
  uint64_t generation = 0;            // see Transition::generation

  // When the state was entered. Absent if it has never changed.
  std::optional<TimePoint> since;

  // When the opening ends (only in OPEN), what caused it (in OPEN and
  // HALF_OPEN), and the number of consecutive openings so far (in CLOSED only
  // while open_backoff remembers it, else 0).
  std::optional<TimePoint> open_until;
  Cause opened_by;
  uint32_t openings = 0;

  // The present outage (in OPEN and HALF_OPEN).
  std::optional<Outage> outage;

  // How long the circuit has been OPEN in total, the present opening included.
  Duration open_time{0};

  // CLOSED only: the consecutive failures so far, the failure score (0 if the
  // rule is off), and the calls in the window (all zeros if no rule needs a
  // window).
  uint32_t consecutive_failures = 0;
  uint32_t failure_score = 0;
  WindowCounts window;

  // Calls that hold a slot of the bulkhead.
  uint32_t concurrent_calls = 0;

  // HALF_OPEN only: probes in flight, and successful probes so far.
  uint32_t probes_in_flight = 0;
  uint32_t probe_successes = 0;

  // All zeros if the breaker keeps no totals.
  TotalsReading totals;

  // The settings in force.
  Settings settings;
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_SNAPSHOT_H_
