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
// What an Acquire looks at, in this order: the mode; OPEN whose time is not
// over; the bulkhead; the end of OPEN; HALF_OPEN's probes; the ramp. A call
// that the bulkhead turns away changes no state.
//
// Thread safety. A Breaker is thread-safe. Admissions in CLOSED, rejections in
// OPEN and successes in CLOSED take no lock, except under a bulkhead, an active
// ramp, or a window of calls that holds a failure or a slow call; everything
// else does. A verdict counts every success whose own verdict returned before
// it began; those that overlap it may or may not count.
//
// Memory order. One 64-bit word (state_word.h) says what decides about a call.
// It is stored with release order under the lock, after what belongs to it, and
// loaded with acquire order by the fast paths:
//  * A call is admitted by one load. Its permit carries the word, so a late
//    verdict is told by one comparison.
//  * A rejection loads the word, the fields of the opening (opening.h), and the
//    word again.
//  * A success looks at the window, then at the word: if that is its permit's,
//    the window was its generation's when it looked. For before a window is
//    emptied a word is stored that no permit has, and the new generation's word
//    after it. A success changes the window, and the run of failures, by
//    compare-and-swap only, against what it saw; both carry generation or
//    edition in their own words, so a late success fails there and never
//    touches what a newer generation has begun (window.h, failure_run.h).
//  * A failure takes the lock, records itself, and then reads run and window
//    with acquire order: every success that returned before is in them.

#ifndef FUSEBOX_CORE_BREAKER_H_
#define FUSEBOX_CORE_BREAKER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/random.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/internal/failure_run.h"
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
#include "fusebox/core/transition_queue.h"
#include "fusebox/core/types.h"

namespace fusebox {

class Breaker {
 public:
  struct Options {
    // Behind the overloads that take no time. Must outlive the breaker.
    const Clock* clock = &PreciseClock();

    // Told of transitions; may be null. Must outlive the breaker.
    TransitionSink* sink = nullptr;

    // Asked for the jitter of openings. Must outlive the breaker.
    RandomSource* random = &ProcessRandom();

    // Whether totals are kept: two sharded additions a call.
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
  // `connectivity` is asked before it returns, and not kept; null: every probe
  // reaches the backend.
  Admission Acquire(TimePoint now, CallShape shape = CallShape::kUnary,
                    Connectivity* connectivity = nullptr) noexcept;
  Admission Acquire(CallShape shape = CallShape::kUnary) noexcept;

  // A call whose verdict is `ignored` was cancelled, by its own application or
  // by anybody else. Enters the totals, and nothing else.
  void ReportCancelled(bool own) noexcept {
    if (totals_ != nullptr) totals_->Cancelled(own);
  }

  // A stream that had its verdict, a success, broke later: it is counted apart
  // and, if `count_as_failure`, is a new failure of the present generation (of
  // a CLOSED circuit only: it says nothing about a probe). It is never slow:
  // that was judged when its verdict was given.
  void ReportBrokenStream(const Verdict& failure, bool count_as_failure,
                          TimePoint now) noexcept;

  // A fallback answered a call that was rejected or failed. Enters the totals,
  // and nothing else.
  void ReportFallback() noexcept {
    if (totals_ != nullptr) totals_->Fallback();
  }

  // Sets the mode, or returns to the settings' with nullopt. The state is
  // kept: a circuit forced open that was CLOSED is CLOSED again afterwards.
  // Returns the snapshot's `operator_settings` with this one.
  uint64_t SetOperatorMode(std::optional<Mode> mode, TimePoint now) noexcept;
  uint64_t SetOperatorMode(std::optional<Mode> mode) noexcept {
    return SetOperatorMode(mode, clock_.Now());
  }

  // Returns to the settings' mode unless somebody has set another one, or the
  // same again, since the call of SetOperatorMode() that returned `setting`:
  // then it changes nothing and is false.
  bool TakeBackOperatorMode(uint64_t setting, TimePoint now) noexcept;

  // Closes the circuit and forgets its past, as if it were new. The mode and
  // the totals stay.
  void Reset(TimePoint now) noexcept;
  void Reset() noexcept { Reset(clock_.Now()); }

  // Takes new settings over and keeps state, generation, failure run, row of
  // openings, totals and the operator's mode; an opening that has begun keeps
  // its length. The window is kept unless it has another shape or was not
  // needed before: then it starts empty. Calls that were admitted without a
  // bulkhead hold no slot of a new one. False, and nothing changes, if the
  // settings are not valid; `*problems`, if given, is replaced with what is
  // wrong with them.
  bool Update(const Settings& settings, TimePoint now,
              Problems* problems = nullptr);

  // The breaker at `now`, or at the time of its clock. Changes nothing.
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

  // The ways an Acquire ends. `word` has the permit's marks.
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

  // The ends of a permit, which is taken apart so that the compiler can keep it
  // in registers.
  bool MayBeSlow(Duration duration) const noexcept {
    return duration.count() >= slow_after_.load(std::memory_order_relaxed);
  }
  bool CountSuccess(internal::StateWord word, Outcome outcome,
                    Duration duration, TimePoint now) noexcept;
  bool CountInCalls(internal::StateWord word) noexcept;
  void EndRun(internal::StateWord word) noexcept;
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

  // CLOSED: a success or a failure. Trips the circuit if a rule says so.
  void Record(const Verdict& verdict, bool slow, TimePoint now)
      FUSEBOX_REQUIRES(mu_);

  Mode EffectiveMode() const FUSEBOX_REQUIRES(mu_) {
    return operator_mode_.value_or(settings_.mode);
  }

  // Makes what the lock guards known to the fast paths.
  internal::StateWord WordFor(State state) const FUSEBOX_REQUIRES(mu_);
  void StoreWord() FUSEBOX_REQUIRES(mu_);

  // After an event: publishes a new generation, if there is one, and tells of
  // it. True if somebody is to be told.
  bool Publish(uint64_t generation_before, const void* context = nullptr)
      FUSEBOX_REQUIRES(mu_);
  bool ChangeOperatorMode(std::optional<Mode> mode, TimePoint now)
      FUSEBOX_REQUIRES(mu_);
  bool TellMode(Mode before, TimePoint now) FUSEBOX_REQUIRES(mu_);
  bool Tell(Transition transition, const void* context) FUSEBOX_REQUIRES(mu_);
  void Flush(bool told) FUSEBOX_EXCLUDES(mu_) {
    if (told) sink_->Flush();
  }

  // Read by every call.
  std::atomic<uint64_t> word_{0};
  std::atomic<Duration::rep> slow_after_{0};  // a success as long may be slow
  const Clock& clock_;
  const std::unique_ptr<internal::Totals> totals_;

  // Changed by calls. Each guards itself; see its header.
  internal::OutcomeWindow window_;
  internal::FailureRun run_;
  internal::Opening opening_;

  TransitionSink* const sink_;
  const std::string name_;

  mutable Mutex mu_;
  Settings settings_ FUSEBOX_GUARDED_BY(mu_);
  std::optional<Mode> operator_mode_ FUSEBOX_GUARDED_BY(mu_);
  uint64_t operator_settings_ FUSEBOX_GUARDED_BY(mu_) = 0;
  internal::Machine machine_ FUSEBOX_GUARDED_BY(mu_);
  internal::Ramp ramp_ FUSEBOX_GUARDED_BY(mu_);
  uint32_t slots_ FUSEBOX_GUARDED_BY(mu_) = 0;     // taken, of the bulkhead
  TimePoint opened_at_ FUSEBOX_GUARDED_BY(mu_){};  // last
  Duration open_time_ FUSEBOX_GUARDED_BY(mu_){0};  // of openings that are over

 public:
  // The bytes that calls touch without the lock, totals aside: at first, and
  // once threads have met in a window of time.
  static constexpr size_t kHotBytes =
      sizeof(word_) + sizeof(slow_after_) + sizeof(&clock_) + sizeof(totals_) +
      internal::OutcomeWindow::kHotBytes + sizeof(run_) + sizeof(opening_);
  static constexpr size_t kInflatedBytes =
      kHotBytes + internal::OutcomeWindow::kInflatedBytes;
};

}  // namespace fusebox

#include "fusebox/core/internal/breaker_inline.h"

#endif  // FUSEBOX_CORE_BREAKER_H_
