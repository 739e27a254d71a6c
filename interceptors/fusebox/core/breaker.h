// breaker.h: a circuit breaker for calls of any kind. Start here.
//
// A breaker learns how the calls to one backend end. While the circuit is
// CLOSED, every call passes. When too many calls fail it turns OPEN and rejects
// calls at once, so that callers fail fast and the backend can recover. After a
// while it turns HALF_OPEN and lets a few calls pass as probes, whose outcomes
// close the circuit or open it again. internal/machine.h lists all transitions.
//
//   auto breaker = fusebox::Breaker::Create("inventory-db", settings);
//   fusebox::Admission admission = breaker->Acquire();
//   if (!admission) return Unavailable(admission.rejection->retry_after);
//   const bool ok = Query(...);
//   admission.permit.Settle({ok ? fusebox::Outcome::kSuccess
//                               : fusebox::Outcome::kFailure});
//
// Call() and CallOr() of call.h do the same in one line.
//
// A breaker has no thread and no timer. What is due at some time, such as the
// end of an opening, happens in the first Acquire() after it.
//
// Acquire() checks, in this order: the mode; whether the opening still lasts;
// the bulkhead; whether the opening ends with this call; the places of
// HALF_OPEN's probes; the ramp. A call that the bulkhead rejects changes no
// state.
//
// Thread safety. A Breaker is thread-safe. Admissions in CLOSED, rejections in
// OPEN and successes in CLOSED take no lock, except under a bulkhead, an active
// ramp, or a window of calls that holds a failure or a slow call. Everything
// else takes the breaker's lock. A verdict sees every success whose own verdict
// returned before it began; it may or may not see those that overlap with it.
//
// Memory order. One 64-bit word (internal/state_word.h) holds everything that
// decides about a call. It is stored with release order under the lock, after
// the data that belongs to it, and loaded with acquire order without the lock:
//  * An admission loads the word once. The permit keeps the word, so that one
//    comparison recognizes a late verdict.
//  * A rejection loads the word, the opening (opening.h), and the word again.
//  * A success changes the window, the run of failures and the failure score
//    only by compare-and-swap. They contain their edition or generation, so the
//    swap of a late success never touches what a newer generation has begun
//    (window.h, failure_word.h). Before a window is emptied, a word is stored
//    that no permit has.
//  * A failure takes the lock and records itself. What it then loads contains
//    every success that returned before.

#ifndef FUSEBOX_CORE_BREAKER_H_
#define FUSEBOX_CORE_BREAKER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/random.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/internal/failure_word.h"
#include "fusebox/core/internal/machine.h"
#include "fusebox/core/internal/opening.h"
#include "fusebox/core/internal/ramp.h"
#include "fusebox/core/internal/state_word.h"
#include "fusebox/core/internal/totals.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/internal/window.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {

class FUSEBOX_EXPORT Breaker {
 public:
  struct Options {
    // Gives the time to the overloads that take none. Must outlive the breaker.
    const Clock* clock = &PreciseClock();

    // Receives the transitions. May be null. Must outlive the breaker.
    TransitionSink* sink = nullptr;

    // Gives the jitter of openings. Must outlive the breaker.
    RandomSource* random = &ProcessRandom();

    // Whether the breaker keeps totals, which cost two sharded additions per
    // call.
    bool keep_totals = true;
  };

  // Makes a breaker, CLOSED at first. Returns null if Settings::Validate()
  // finds problems, and replaces `*problems` with them unless it is null.
  static std::unique_ptr<Breaker> Create(std::string name,
                                         const Settings& settings,
                                         const Options& options,
                                         Problems* problems = nullptr);
  static std::unique_ptr<Breaker> Create(std::string name,
                                         const Settings& settings) {
    return Create(std::move(name), settings, Options());
  }

  // All permits must have been destroyed or released. Debug builds assert this
  // if the breaker keeps totals.
  ~Breaker();

  Breaker(const Breaker&) = delete;
  Breaker& operator=(const Breaker&) = delete;

  // Asks to let one call pass. The permit must not outlive the breaker.
  // `connectivity` is used until Acquire() returns. If it is null, the breaker
  // assumes that calls reach the backend, and ends no opening early.
  Admission Acquire(TimePoint now, CallShape shape = CallShape::kUnary,
                    Connectivity* connectivity = nullptr) noexcept;
  Admission Acquire(CallShape shape = CallShape::kUnary) noexcept;

  // Reports that a call whose verdict is `ignored` was cancelled, by its own
  // application (`own`) or by somebody else. Only the totals count it.
  void ReportCancelled(bool own) noexcept {
    if (totals_ != nullptr) totals_->Cancelled(own);
  }

  // Reports that a stream broke after its verdict, a success, was given. The
  // totals count it as a broken stream. If `count_as_failure` and the circuit
  // is CLOSED, it is also a failure of the present generation; in other states
  // it says nothing about the probes. It is never a slow call, because its
  // verdict has decided that already.
  void ReportBrokenStream(const Verdict& failure, bool count_as_failure,
                          TimePoint now) noexcept;

  // Reports that a fallback answered a call that was rejected or failed. Only
  // the totals count it.
  void ReportFallback() noexcept {
    if (totals_ != nullptr) totals_->Fallback();
  }

  // Sets a mode that overrides the one in the settings, or removes it with
  // nullopt. The state is kept: if a CLOSED circuit is forced open, it is
  // CLOSED again afterwards. Returns Snapshot::operator_settings, this change
  // included. If `act` is not null, the sink hears of it in any case.
  uint64_t SetOperatorMode(std::optional<Mode> mode, TimePoint now,
                           const OperatorAct* act = nullptr) noexcept;
  uint64_t SetOperatorMode(std::optional<Mode> mode) noexcept {
    return SetOperatorMode(mode, clock_.Now());
  }

  // Undoes the SetOperatorMode() that returned `setting`, by removing the
  // operator's mode. If anybody has set or removed a mode since then, even the
  // same one, changes nothing and returns false.
  bool TakeBackOperatorMode(uint64_t setting, TimePoint now,
                            const OperatorAct* act = nullptr) noexcept;

  // Closes the circuit and forgets its past, as if it were new. Keeps the mode
  // and the totals. If it ends an outage, calls that cannot reach the backend
  // are rejected with RECONNECTING for at most a second, and not counted as its
  // failures: gRPC may be waiting to connect, although the backend is back.
  void Reset(TimePoint now, const OperatorAct* act = nullptr) noexcept;
  void Reset() noexcept { Reset(clock_.Now()); }

  // Replaces the settings. Keeps the state, the generation, the failure run,
  // the failure score if the rule stays on, the number of openings in a row,
  // the totals, the operator's mode, and the length of an opening that has
  // begun. Keeps the window if its shape is the same and some rule needed it
  // before; else it starts empty. Calls that were admitted without a bulkhead
  // hold no slot of a new one. Changes nothing and returns false if
  // Settings::Validate() finds problems. Replaces `*problems` with what it
  // found unless that is null.
  bool Update(const Settings& settings, TimePoint now,
              Problems* problems = nullptr);

  // Returns a description of the breaker at `now`, or at the time of its clock.
  // Changes nothing.
  Snapshot TakeSnapshot(TimePoint now) const noexcept;
  Snapshot TakeSnapshot() const noexcept { return TakeSnapshot(clock_.Now()); }

  const std::string& name() const { return name_; }
  const Clock& clock() const { return clock_; }

 private:
  friend class Permit;

  Breaker(std::string name, const Settings& settings, const Options& options);

  internal::StateWord Look() const noexcept {
    return internal::StateWord(word_.load(std::memory_order_acquire));
  }

  // The ways in which Acquire() ends. `word` has the permit's marks.
  Admission Admit(internal::StateWord word, uint64_t probe = 0) noexcept;
  Admission AcquireUnlessClosed(internal::StateWord word, TimePoint now,
                                CallShape shape,
                                Connectivity* connectivity) noexcept;
  Admission TurnAway(internal::StateWord word,
                     const Rejection& rejection) noexcept;
  Admission AcquireSlowly(internal::StateWord word, TimePoint now,
                          CallShape shape, Connectivity* connectivity) noexcept;
  Admission AcquireLocked(TimePoint now, const internal::CallFacts& call)
      FUSEBOX_EXCLUDES(mu_);
  internal::Decision Decide(TimePoint now, const internal::CallFacts& call)
      FUSEBOX_REQUIRES(mu_);
  bool RampAdmits(TimePoint now) FUSEBOX_REQUIRES(mu_);

  // The ways in which a permit ends. They take its parts and not the permit, so
  // that the compiler can keep it in registers.
  bool MayBeSlow(Duration duration) const noexcept {
    return duration.count() >= slow_after_.load(std::memory_order_relaxed);
  }
  bool CountSuccess(internal::StateWord word, Outcome outcome,
                    Duration duration, TimePoint now) noexcept;
  bool CountInCalls(internal::StateWord word) noexcept;
  void CountAgainstFailures(internal::StateWord word) noexcept;
  void SettleSlowly(internal::StateWord word, uint64_t probe,
                    const Verdict& verdict, TimePoint now) noexcept;
  void JudgeLocked(internal::StateWord word, uint64_t probe,
                   const Verdict& verdict, TimePoint now) FUSEBOX_EXCLUDES(mu_);
  void FinishSlowly(internal::StateWord word, uint64_t probe, Outcome outcome,
                    Duration duration, Duration pushback, const void* context,
                    TimePoint now) noexcept;
  void ReleaseSlowly(internal::StateWord word, uint64_t probe) noexcept;
  void GiveBack(internal::StateWord word, uint64_t probe) noexcept
      FUSEBOX_EXCLUDES(mu_);

  // Records a success or a failure in CLOSED, and opens the circuit if a rule
  // trips.
  void Record(const Verdict& verdict, bool slow, TimePoint now)
      FUSEBOX_REQUIRES(mu_);

  // Applies the settings to what counts without the lock.
  void Configure() FUSEBOX_REQUIRES(mu_);

  Mode EffectiveMode() const FUSEBOX_REQUIRES(mu_) {
    return operator_mode_.value_or(settings_.mode);
  }

  // Compute and publish the word that tells the lock-free paths what the lock
  // guards.
  internal::StateWord WordFor(State state) const FUSEBOX_REQUIRES(mu_);
  void StoreWord() FUSEBOX_REQUIRES(mu_);

  // After an event: if it began a new generation, publishes that and pushes the
  // transition to the sink. Here and below, true means that a Flush() is due.
  bool Publish(uint64_t generation_before, const void* context = nullptr)
      FUSEBOX_REQUIRES(mu_);
  bool ChangeOperatorMode(std::optional<Mode> mode, TimePoint now,
                          const OperatorAct* act) FUSEBOX_REQUIRES(mu_);
  bool TellMode(Mode before, TimePoint now, const OperatorAct* act = nullptr)
      FUSEBOX_REQUIRES(mu_);
  std::optional<Outage> WithCalls(std::optional<Outage> outage) const noexcept
      FUSEBOX_REQUIRES(mu_);
  bool Tell(Transition transition, const void* context) FUSEBOX_REQUIRES(mu_);
  void Flush(bool told) FUSEBOX_EXCLUDES(mu_) {
    if (told) sink_->Flush();
  }

  // Every call reads these.
  std::atomic<uint64_t> word_{0};
  std::atomic<Duration::rep> slow_after_{0};  // no shorter success is slow
  const Clock& clock_;
  const std::unique_ptr<internal::Totals> totals_;

  // Calls change these. Each synchronizes itself, as its header says.
  internal::OutcomeWindow window_;
  internal::FailureWord failures_;
  internal::Opening opening_;

  TransitionSink* const sink_;
  const std::string name_;

  mutable Mutex mu_;
  Settings settings_ FUSEBOX_GUARDED_BY(mu_);
  std::optional<Mode> operator_mode_ FUSEBOX_GUARDED_BY(mu_);
  uint64_t operator_settings_ FUSEBOX_GUARDED_BY(mu_) = 0;
  internal::Machine machine_ FUSEBOX_GUARDED_BY(mu_);
  internal::Ramp ramp_ FUSEBOX_GUARDED_BY(mu_);
  // When the last failure was recorded in CLOSED. Meaningless while the run of
  // failures is empty.
  TimePoint last_failure_ FUSEBOX_GUARDED_BY(mu_){};
  Outage before_ FUSEBOX_GUARDED_BY(mu_);       // the calls before the outage
  uint32_t slots_ FUSEBOX_GUARDED_BY(mu_) = 0;  // bulkhead slots in use
  TimePoint opened_at_ FUSEBOX_GUARDED_BY(mu_){};  // the last time
  Duration open_time_ FUSEBOX_GUARDED_BY(mu_){0};  // sum of ended openings

 public:
  // The bytes that calls touch without the lock, except the totals: at first,
  // and after two threads have contended for a window of time.
  static constexpr size_t kHotBytes =
      sizeof(word_) + sizeof(slow_after_) + sizeof(&clock_) + sizeof(totals_) +
      internal::OutcomeWindow::kHotBytes + sizeof(failures_) + sizeof(opening_);
  static constexpr size_t kInflatedBytes =
      kHotBytes + internal::OutcomeWindow::kInflatedBytes;
};

}  // namespace fusebox

#include "fusebox/core/internal/breaker_inline.h"

#endif  // FUSEBOX_CORE_BREAKER_H_
