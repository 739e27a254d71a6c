// machine.h: the state machine of a circuit breaker, and nothing else.
//
// Pure: (event, now) -> decision. No lock, no clock, no callback; the caller
// serializes the events. Which calls trip it is the business of the rules
// beside it (trip_rule.h): it is told `Trip`. How long an opening lasts is said
// by open_backoff.h, and which calls pass by bulkhead and ramp, whatever the
// state, by breaker.h.
//
//   from       event                                       to
//   CLOSED     a rule trips                                OPEN
//   OPEN       Acquire before its time                     (rejected)
//   OPEN       ... by a call that saw the backend come
//              back, with early_on_reconnect               HALF_OPEN, a probe
//   OPEN       Acquire at or after its time                HALF_OPEN, a probe
//   OPEN       ... by a call that cannot reach the
//              backend, in the first second of these       (rejected)
//   HALF_OPEN  Acquire, fewer than max_probes in flight    (a probe)
//   HALF_OPEN  Acquire, max_probes in flight               (rejected)
//   HALF_OPEN  a probe succeeds, successes_to_close        CLOSED
//   HALF_OPEN  a probe fails                               OPEN
//   HALF_OPEN  a probe is ignored or abandoned             (its place is free)
//   HALF_OPEN  Acquire, a probe's lease is over            OPEN, rejected
//   any        Reset                                       CLOSED
//
// Each change of state begins a new generation. What belongs to an old one (a
// probe of an earlier half-open period, say) decides nothing in the new one.

#ifndef FUSEBOX_CORE_INTERNAL_MACHINE_H_
#define FUSEBOX_CORE_INTERNAL_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/random.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

// What a call says of itself when it asks to pass.
struct CallFacts {
  CallShape shape = CallShape::kUnary;

  // It would fail without reaching the backend (connectivity.h).
  bool cut_off = false;

  // The generation, that of an OPEN, in which the way to the backend was down
  // and has come back. 0: none that is known of.
  uint64_t came_back_in = 0;
};

// What became of an Acquire.
struct Decision {
  bool admitted = false;
  uint64_t probe = 0;  // the probe's number if the call is one, else 0
  RejectionReason reason = RejectionReason::kOpen;  // if not admitted
};

class Machine {
 public:
  // `random` is asked for the jitter of openings; it must outlive the machine.
  explicit Machine(RandomSource& random = ProcessRandom()) : random_(&random) {
    probes_.reserve(1);
  }

  // A call asks to pass.
  Decision Acquire(const Settings& settings, const CallFacts& call,
                   TimePoint now);

  // An event that changes no state takes place: time has come this far.
  void Observe(TimePoint now) { latest_ = Latest(now); }

  // CLOSED: a rule trips on `verdict`. Ignored in other states.
  void Trip(const Settings& settings, Cause cause, const Verdict& verdict,
            TimePoint now);

  // HALF_OPEN: a probe's verdict. The probe keeps its place until it ends.
  // Ignored if the probe is of an earlier half-open period.
  void SettleProbe(const Settings& settings, uint64_t probe,
                   const Verdict& verdict, TimePoint now);

  // HALF_OPEN: the probe is over and its place is free. Likewise.
  void EndProbe(uint64_t probe);

  // An operator closes the circuit and forgets its past, the row of openings
  // included.
  void Reset(TimePoint now);

  // Takes the memory that `settings` may need, so that no event does.
  void Reserve(const Settings& settings) {
    probes_.reserve(settings.half_open.max_probes);
  }

  State state() const { return state_; }
  uint64_t generation() const { return generation_; }

  // When the present generation began.
  TimePoint since() const { return since_; }

  // Whether it is OPEN and not yet over.
  bool IsOpenAt(TimePoint now) const {
    return state_ == State::kOpen && Latest(now) < open_until_;
  }

  // Whether it is OPEN and turns `call` away because of that.
  bool RejectsInOpen(const Settings& settings, const CallFacts& call,
                     TimePoint now) const {
    return IsOpenAt(now) && !(settings.half_open.early_on_reconnect &&
                              call.came_back_in == generation_);
  }

  // OPEN: when it is over, and what opened the circuit.
  TimePoint open_until() const { return open_until_; }
  Cause opened_by() const { return opened_by_; }

  // OPEN, after a call that was cut off: when the next one is a probe all the
  // same.
  TimePoint connect_by() const { return connect_by_.value_or(open_until_); }

  // Openings in a row. Without open_backoff, a row ends when the circuit
  // closes; with it, at the first trip after a CLOSED of max_duration or
  // longer.
  uint32_t openings() const { return openings_; }

  // HALF_OPEN: how far it has come.
  size_t probes_in_flight() const { return probes_.size(); }
  uint32_t probe_successes() const { return probe_successes_; }

  // Time that runs backwards counts as standing still: the latest time that
  // any event brought, or `now` if that is later.
  TimePoint Latest(TimePoint now) const {
    return now < latest_ ? latest_ : now;
  }

  // The change that began the present generation.
  const Transition& last_transition() const { return last_transition_; }

 private:
  struct Probe {
    uint64_t number;
    TimePoint since;
    bool judged_by_lease;  // its silence is a failure: a call without verdict
  };

  Probe* FindProbe(uint64_t number);
  bool ProbeTimedOut(const Settings& settings, TimePoint now);
  bool AwaitsConnection(TimePoint now);
  Decision AdmitProbe(CallShape shape, TimePoint now);
  void Open(const Settings& settings, Cause cause, Duration pushback,
            TimePoint now);
  void Enter(State to, Cause cause, TimePoint now);

  RandomSource* random_;
  State state_ = State::kClosed;
  uint64_t generation_ = 1;
  TimePoint since_ = TimePoint::min();
  TimePoint latest_ = TimePoint::min();
  TimePoint open_until_{};
  std::optional<TimePoint> connect_by_;  // of this opening
  Cause opened_by_;
  uint32_t openings_ = 0;
  uint32_t probe_successes_ = 0;
  uint64_t last_probe_ = 0;    // probes are numbered through all generations
  uint64_t older_probes_ = 0;  // the last number before this generation
  std::vector<Probe> probes_;  // in flight, in the order they began
  Transition last_transition_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_MACHINE_H_
