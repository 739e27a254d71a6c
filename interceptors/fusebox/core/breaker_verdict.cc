// The parts of a call's end that are not in breaker_inline.h: verdicts under
// the lock, and the release of slots.

#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/internal/failure_word.h"
#include "fusebox/core/internal/machine.h"
#include "fusebox/core/internal/state_word.h"
#include "fusebox/core/internal/totals.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"

namespace fusebox {

using internal::BeginsNewRun;
using internal::FailureWord;
using internal::FirstToTrip;
using internal::IsSlow;
using internal::Judges;
using internal::StateWord;
using internal::WindowKind;

// Handles what CountSuccess() could not count by the word in the permit.
void Breaker::SettleSlowly(StateWord word, uint64_t probe,
                           const Verdict& verdict, TimePoint now) noexcept {
  if (word.has(StateWord::kTotalsOnly)) return;
  if (probe != 0 && totals_ != nullptr) totals_->ProbeEnded(verdict.outcome);
  const StateWord present = Look();
  if (present.generation() != word.generation()) {
    if (totals_ != nullptr) totals_->Late();
    return;
  }
  if (!Judges(present.mode())) return;
  if (present.state() == State::kClosed) {
    if (verdict.outcome == Outcome::kIgnored) return;
    // The words may differ only because the call holds a slot, or because the
    // mode or the settings have changed meanwhile.
    if (CountSuccess(present, verdict.outcome, verdict.duration, now)) return;
  }
  JudgeLocked(word, probe, verdict, now);
}

void Breaker::CountAgainstFailures(StateWord word) noexcept {
  failures_.Success(word.generation());
}

// Counts a fast success in a window of calls. The success that fills the window
// stores a word that says so. If the lock is taken, it leaves that to the next
// success.
bool Breaker::CountInCalls(StateWord word) noexcept {
  if (!window_.CountInCalls(word_, word.bits())) return false;
  if (window_.counting() == WindowKind::kNone && mu_.try_lock()) {
    StoreWord();
    mu_.unlock();
  }
  return true;
}

void Breaker::JudgeLocked(StateWord word, uint64_t probe,
                          const Verdict& verdict, TimePoint now) {
  bool told;
  {
    MutexLock lock(mu_);
    const uint64_t before = machine_.generation();
    if (before != word.generation()) {
      if (totals_ != nullptr) totals_->Late();
      return;
    }
    if (!Judges(EffectiveMode())) return;
    if (probe != 0) {
      machine_.SettleProbe(settings_, probe, verdict, now);
    } else {
      Record(verdict, IsSlow(settings_, verdict.duration), now);
    }
    told = Publish(before, verdict.context);
  }
  Flush(told);
}

void Breaker::FinishSlowly(StateWord word, uint64_t probe, Outcome outcome,
                           Duration duration, Duration pushback,
                           const void* context, TimePoint now) noexcept {
  if (word.has(StateWord::kSettled)) return ReleaseSlowly(word, probe);
  if (totals_ != nullptr) totals_->Finished(outcome);
  SettleSlowly(word, probe, {outcome, duration, pushback, context}, now);
  GiveBack(word, probe);
}

void Breaker::ReleaseSlowly(StateWord word, uint64_t probe) noexcept {
  if (totals_ != nullptr) {
    if (word.has(StateWord::kSettled)) {
      totals_->Ended();
    } else {
      totals_->Finished(Outcome::kIgnored);
      totals_->Abandoned();
      if (probe != 0) totals_->ProbeEnded(Outcome::kIgnored);
    }
  }
  GiveBack(word, probe);
}

void Breaker::GiveBack(StateWord word, uint64_t probe) noexcept {
  if (!word.has(StateWord::kProbe) && !word.has(StateWord::kHasSlot)) return;
  MutexLock lock(mu_);
  if (word.has(StateWord::kProbe)) machine_.EndProbe(probe);
  if (word.has(StateWord::kHasSlot)) --slots_;
}

void Breaker::Record(const Verdict& verdict, bool slow, TimePoint now) {
  machine_.Observe(now);
  now = machine_.Latest(now);
  const bool failed = verdict.outcome == Outcome::kFailure;
  FailureWord::Reading counts;
  if (failed) {
    const auto& score = settings_.failure_score;
    counts =
        failures_.Failure(machine_.generation(), score ? score->failure : 0,
                          BeginsNewRun(settings_, last_failure_, now));
    last_failure_ = now;
  } else {
    counts = failures_.Success(machine_.generation());
  }
  window_.Record(failed, slow, now);
  if (window_.counting() != Look().window()) StoreWord();
  if (!failed && !slow) return;
  if (const auto cause = FirstToTrip(settings_, counts, window_.Read(now))) {
    machine_.Trip(settings_, *cause, verdict, now);
  }
}

void Breaker::ReportBrokenStream(const Verdict& failure, bool count_as_failure,
                                 TimePoint now) noexcept {
  if (totals_ != nullptr) totals_->BrokenStream();
  if (!count_as_failure) return;
  bool told;
  {
    MutexLock lock(mu_);
    if (machine_.state() != State::kClosed || !Judges(EffectiveMode())) return;
    const uint64_t before = machine_.generation();
    Record(failure, /*slow=*/false, now);
    told = Publish(before, failure.context);
  }
  Flush(told);
}

}  // namespace fusebox
