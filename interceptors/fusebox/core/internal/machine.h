// machine.h: the state machine of a circuit breaker.
//
// It is pure: it maps (event, now) to a decision, and has no lock, clock or
// callback. The caller serializes the events. The rules in trip_rule.h decide
// when CLOSED ends; the machine only sees Trip(). open_backoff.h computes how
// long an opening lasts. The bulkhead and the ramp, which may reject further
// calls, belong to breaker.h.
//
//   from       event                                       to
//   CLOSED     a rule trips                                OPEN
//   OPEN       Acquire before the opening is over          (rejected)
//   OPEN       ... by a call that saw the backend come
//              back, with early_on_reconnect               HALF_OPEN, a probe
//   OPEN       Acquire when the opening is over            HALF_OPEN, a probe
//   OPEN       ... by a call that cannot reach the
//              backend, within a second of the first such  (rejected)
//   HALF_OPEN  Acquire, fewer than max_probes in flight    (a probe)
//   HALF_OPEN  Acquire, max_probes in flight               (rejected)
//   HALF_OPEN  a probe succeeds, successes_to_close        CLOSED
//   HALF_OPEN  a probe fails, or succeeds but is slow      OPEN
//   HALF_OPEN  a probe is ignored or abandoned             (its place is free)
//   HALF_OPEN  Acquire, a probe's lease is over            OPEN, rejected
//   any        Reset                                       CLOSED
//   CLOSED     ... then Acquire by a call that cannot
//              reach the backend, within a second of the
//              first such                                  (rejected)
//
// Each change of state, and each reset, begins a new generation. Anything that
// belongs to an older one, such as a probe of an earlier half-open period,
// decides nothing in the new one.

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

// What the machine must know about a call that asks to pass.
struct CallFacts {
  CallShape shape = CallShape::kUnary;

  // The call would fail before it reaches the backend (connectivity.h).
  bool cut_off = false;

  // The generation, of an OPEN, in which the connection to the backend was seen
  // down and has come back. 0 if the call knows of none.
  uint64_t came_back_in = 0;
};

// The answer to an Acquire.
struct Decision {
  bool admitted = false;
  uint64_t probe = 0;  // the probe's number if the call is one, else 0
  RejectionReason reason = RejectionReason::kOpen;  // if not admitted
};

class Machine {
 public:
  // `random` gives the jitter of openings. It must outlive the machine.
  explicit Machine(RandomSource& random = ProcessRandom()) : random_(&random) {
    probes_.reserve(1);
  }

  // Decides about a call that asks to pass.
  Decision Acquire(const Settings& settings, const CallFacts& call,
                   TimePoint now);

  // Notes the time of an event that changes no state.
  void Observe(TimePoint now) { latest_ = Latest(now); }

  // Opens the circuit because a rule trips on `verdict`. Does nothing in other
  // states than CLOSED.
  void Trip(const Settings& settings, Cause cause, const Verdict& verdict,
            TimePoint now);

  // Takes the verdict of a probe, which keeps its place until it ends. Does
  // nothing if the half-open period of the probe is over.
  void SettleProbe(const Settings& settings, uint64_t probe,
                   const Verdict& verdict, TimePoint now);

  // Frees the place of a probe that is over. Does nothing if the half-open
  // period of the probe is over.
  void EndProbe(uint64_t probe);

  // Closes the circuit for an operator and forgets its past, the number of
  // consecutive openings included.
  void Reset(TimePoint now);

  // Allocates the memory that `settings` may need, so that no event does.
  void Reserve(const Settings& settings) {
    probes_.reserve(settings.half_open.max_probes);
  }

  State state() const { return state_; }
  uint64_t generation() const { return generation_; }

  // Returns when the present generation began.
  TimePoint since() const { return since_; }

  // Returns whether the state is OPEN and the opening is not over.
  bool IsOpenAt(TimePoint now) const {
    return state_ == State::kOpen && Latest(now) < open_until_;
  }

  // Returns whether the opening is not over and `call` does not end it early.
  bool RejectsInOpen(const Settings& settings, const CallFacts& call,
                     TimePoint now) const {
    return IsOpenAt(now) && !(settings.half_open.early_on_reconnect &&
                              call.came_back_in == generation_);
  }

  // OPEN: return when the opening ends, and what caused it.
  TimePoint open_until() const { return open_until_; }
  Cause opened_by() const { return opened_by_; }

  // Returns whether the circuit was reset in an outage, and no call has shown
  // since then that it can reach the backend.
  bool was_reset() const { return was_reset_; }

  // OPEN, or CLOSED by a reset, after a call that was cut off: returns from
  // when on the next call passes, even if it is cut off, too.
  TimePoint connect_by() const { return connect_by_.value_or(open_until_); }

  // Returns the number of consecutive openings. Without open_backoff, it starts
  // anew when the circuit closes. With it, it starts anew at the first trip
  // after the circuit was CLOSED for max_duration or longer.
  uint32_t openings() const { return openings_; }

  // OPEN, HALF_OPEN: returns the present outage, without its calls.
  const std::optional<Outage>& outage() const { return outage_; }

  // HALF_OPEN: return the probes in flight, and the successful probes so far.
  size_t probes_in_flight() const { return probes_.size(); }
  uint32_t probe_successes() const { return probe_successes_; }

  // Returns `now`, or the latest time of any event if that is later: time that
  // runs backwards stands still for the machine.
  TimePoint Latest(TimePoint now) const {
    return now < latest_ ? latest_ : now;
  }

  // Returns the change that began the present generation.
  const Transition& last_transition() const { return last_transition_; }

 private:
  struct Probe {
    uint64_t number;
    TimePoint since;
    bool judged_by_lease;  // unary without a verdict: the lease may fail it
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
  std::optional<TimePoint> connect_by_;  // absent until a call is cut off
  Cause opened_by_;
  uint32_t openings_ = 0;
  std::optional<Outage> outage_;
  bool was_reset_ = false;
  uint32_t probe_successes_ = 0;
  uint64_t last_probe_ = 0;    // numbers continue through all generations
  uint64_t older_probes_ = 0;  // the last number before this generation
  std::vector<Probe> probes_;  // in flight, in the order in which they began
  Transition last_transition_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_MACHINE_H_
