// breaker.h: a circuit breaker. Start here.
//
//   auto breaker = fusebox::Breaker::Create("inventory-db", settings);
//   fusebox::Admission admission = breaker->Acquire();
//   if (!admission) return Unavailable(admission.rejection->retry_after);
//   const bool ok = Query(...);
//   admission.permit.Settle({ok ? fusebox::Outcome::kSuccess
//                               : fusebox::Outcome::kFailure});
//
// or, shorter, Call() and CallOr() of call.h. CLOSED lets calls pass and counts
// their verdicts; OPEN rejects them at once; HALF_OPEN lets a few through as
// probes. The transitions stand in machine.h.
//
// There are no threads and no timers: time passes when somebody asks.
//
// Thread safety. A Breaker is thread-safe. Admissions in CLOSED, rejections in
// OPEN and successes in CLOSED take no lock; everything else does.
//
// Memory order. One 64-bit word holds state, mode and generation. It is stored
// with release order under the lock, after what belongs to it, and loaded with
// acquire order by the fast paths:
//  * A call is admitted by one load. Its permit carries the generation, so a
//    late verdict is told by one comparison.
//  * The particulars of an opening (until when, why) are atomics of their own,
//    stored with release order before the word of that opening. A reader loads
//    the word, then the particulars, then the word again: if it did not change,
//    the particulars are those of that word's generation, because particulars
//    of a later opening are stored after the word of the HALF_OPEN or CLOSED
//    in between, which an acquire load of them brings along. So a rejection is
//    exact to the nanosecond without a lock.
//  * The run of failures carries its generation in its own word and is changed
//    by compare-and-swap (failure_run.h).

#ifndef FUSEBOX_CORE_BREAKER_H_
#define FUSEBOX_CORE_BREAKER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fusebox/core/clock.h"
#include "fusebox/core/failure_run.h"
#include "fusebox/core/machine.h"
#include "fusebox/core/mutex.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/totals.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/transition_queue.h"
#include "fusebox/core/types.h"

namespace fusebox {

// A breaker at one moment.
struct Snapshot {
  State state = State::kClosed;
  Mode mode = Mode::kEnforce;         // in force
  std::optional<Mode> operator_mode;  // set by an operator
  uint64_t generation = 0;

  // When the state was entered; absent if it is the first one.
  std::optional<TimePoint> since;

  // OPEN: until when, and why. `openings` also in HALF_OPEN.
  std::optional<TimePoint> open_until;
  Cause opened_by;
  uint32_t openings = 0;

  // CLOSED: failures in a row so far.
  uint32_t consecutive_failures = 0;

  // HALF_OPEN: how far it has come.
  uint32_t probes_in_flight = 0;
  uint32_t probe_successes = 0;

  // All zeros if the breaker keeps none.
  TotalsReading totals;
};

class Breaker {
 public:
  struct Options {
    // Behind the overloads that take no time. Must outlive the breaker.
    const Clock* clock = &PreciseClock();

    // Told of transitions; may be null. Must outlive the breaker.
    TransitionSink* sink = nullptr;

    // Whether totals are kept: a few sharded additions a call.
    bool keep_totals = true;
  };

  // Returns null if the settings are not valid; `*problems`, if given, is
  // replaced with what is wrong with them.
  static std::unique_ptr<Breaker> Create(std::string name,
                                         const Settings& settings,
                                         const Options& options,
                                         Problems* problems = nullptr);
  static std::unique_ptr<Breaker> Create(std::string name,
                                         const Settings& settings) {
    return Create(std::move(name), settings, Options());
  }

  Breaker(const Breaker&) = delete;
  Breaker& operator=(const Breaker&) = delete;

  // Asks to let one call pass. All permits must be gone before the breaker is.
  Admission Acquire(TimePoint now,
                    CallShape shape = CallShape::kUnary) noexcept;
  Admission Acquire(CallShape shape = CallShape::kUnary) noexcept {
    return Acquire(clock_.Now(), shape);
  }

  // A stream that had its verdict, a success, broke later: it is counted apart
  // and, if `count_as_failure`, is a new failure of the present generation (of
  // a CLOSED circuit only: it says nothing about a probe).
  void ReportBrokenStream(const Verdict& failure, bool count_as_failure,
                          TimePoint now) noexcept;

  // Sets the mode, or returns to the settings' with nullopt. The state is
  // kept: a circuit forced open that was CLOSED is CLOSED again afterwards.
  void SetOperatorMode(std::optional<Mode> mode, TimePoint now) noexcept;
  void SetOperatorMode(std::optional<Mode> mode) noexcept {
    SetOperatorMode(mode, clock_.Now());
  }

  // Closes the circuit and forgets its past, as if it were new. The mode and
  // the totals stay.
  void Reset(TimePoint now) noexcept;
  void Reset() noexcept { Reset(clock_.Now()); }

  Snapshot TakeSnapshot() const noexcept;

  const std::string& name() const { return name_; }
  const Clock& clock() const { return clock_; }

 private:
  friend class Permit;

  // The word: generation << 4 | mode << 2 | state.
  static constexpr uint64_t kStateBits = 0x3;
  static constexpr int kModeShift = 2;
  static constexpr int kGenerationShift = 4;

  static uint64_t Pack(State state, Mode mode, uint64_t generation) {
    return generation << kGenerationShift |
           static_cast<uint64_t>(mode) << kModeShift |
           static_cast<uint64_t>(state);
  }
  static State StateOf(uint64_t word) {
    return static_cast<State>(word & kStateBits);
  }
  static Mode ModeOf(uint64_t word) {
    return static_cast<Mode>(word >> kModeShift & kStateBits);
  }
  static uint64_t GenerationOf(uint64_t word) {
    return word >> kGenerationShift;
  }
  static bool Judges(Mode mode) {
    return mode == Mode::kEnforce || mode == Mode::kDryRun;
  }

  Breaker(std::string name, const Settings& settings, const Options& options);

  // The ways an Acquire ends.
  Admission Admit(uint64_t generation, uint64_t probe, Permit::Bearing bearing);
  Admission TurnAway(Mode mode, uint64_t generation,
                     const Rejection& rejection);
  std::optional<Rejection> RejectIfStillOpen(uint64_t word, TimePoint now);
  Admission AcquireLocked(TimePoint now, CallShape shape) FUSEBOX_EXCLUDES(mu_);

  // The ends of a permit.
  void Settle(const Permit& permit, const Verdict& verdict,
              TimePoint now) noexcept;
  void SettleLocked(const Permit& permit, const Verdict& verdict, TimePoint now)
      FUSEBOX_EXCLUDES(mu_);
  void End(const Permit& permit) noexcept;

  // CLOSED: a failure. Trips the circuit if a rule says so.
  void CountFailure(const Verdict& verdict, TimePoint now)
      FUSEBOX_REQUIRES(mu_);

  Mode EffectiveMode() const FUSEBOX_REQUIRES(mu_) {
    return operator_mode_.value_or(settings_.mode);
  }

  // After an event: makes what the machine holds known to the fast paths, and
  // tells of the change if the generation shows one. True if it did.
  bool Publish(uint64_t generation_before) FUSEBOX_REQUIRES(mu_);
  bool Tell(Transition transition) FUSEBOX_REQUIRES(mu_);
  void Flush(bool told) FUSEBOX_EXCLUDES(mu_) {
    if (told) sink_->Flush();
  }

  std::atomic<uint64_t> word_{0};
  FailureRun run_;

  // The particulars of the present opening; see the top.
  std::atomic<TimePoint> open_until_{TimePoint()};
  std::atomic<TimePoint> opened_at_{TimePoint()};
  std::atomic<TransitionReason> cause_reason_{TransitionReason::kOperator};
  std::atomic<uint32_t> cause_failures_{0};
  std::atomic<Duration> cause_last_duration_{Duration(0)};

  const Clock& clock_;
  TransitionSink* const sink_;
  const std::unique_ptr<Totals> totals_;
  const std::string name_;

  mutable Mutex mu_;
  Settings settings_ FUSEBOX_GUARDED_BY(mu_);
  std::optional<Mode> operator_mode_ FUSEBOX_GUARDED_BY(mu_);
  Machine machine_ FUSEBOX_GUARDED_BY(mu_);
};

inline Permit& Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    Release();
    breaker_ = std::exchange(other.breaker_, nullptr);
    generation_ = other.generation_;
    probe_ = other.probe_;
    bearing_ = std::exchange(other.bearing_, Bearing::kSettled);
  }
  return *this;
}

inline bool Permit::Settle(const Verdict& verdict, TimePoint now) noexcept {
  if (breaker_ == nullptr || bearing_ == Bearing::kSettled) return false;
  breaker_->Settle(*this, verdict, now);
  bearing_ = Bearing::kSettled;
  return true;
}

inline bool Permit::Settle(const Verdict& verdict) noexcept {
  return breaker_ != nullptr && Settle(verdict, breaker_->clock_.Now());
}

inline void Permit::Release() noexcept {
  if (breaker_ == nullptr) return;
  breaker_->End(*this);
  breaker_ = nullptr;
  bearing_ = Bearing::kSettled;
}

}  // namespace fusebox

#endif  // FUSEBOX_CORE_BREAKER_H_
