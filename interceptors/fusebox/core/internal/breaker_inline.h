// breaker_inline.h: the path of a healthy call, for the compiler to inline.
// breaker.h includes it; read that first.

#ifndef FUSEBOX_CORE_INTERNAL_BREAKER_INLINE_H_
#define FUSEBOX_CORE_INTERNAL_BREAKER_INLINE_H_

#include <atomic>
#include <utility>

#include "fusebox/base/internal/attributes.h"
#include "fusebox/core/breaker.h"

namespace fusebox {

FUSEBOX_ALWAYS_INLINE Admission Breaker::Admit(internal::StateWord word,
                                               uint64_t probe) noexcept {
  if (word.totals()) totals_->Admitted();
  return Admission(Permit(this, word, probe));
}

FUSEBOX_ALWAYS_INLINE Admission Breaker::AcquireUnlessClosed(
    internal::StateWord word, TimePoint now, CallShape shape,
    Connectivity* connectivity) noexcept {
  if (word.rejects()) {
    const internal::Opening::Reading opening = opening_.Read();
    if (!opening.is_over(now) &&
        word_.load(std::memory_order_relaxed) == word.bits()) {
      if (word.totals()) totals_->Rejected(RejectionReason::kOpen);
      return Admission(
          [&](Rejection* rejection) { opening.Describe(now, rejection); });
    }
  }
  // The result is moved, so that the compiler sees an object whose address
  // nobody has, and keeps that of the healthy path in registers.
  Admission slow = AcquireSlowly(word, now, shape, connectivity);
  return Admission(std::move(slow));
}

FUSEBOX_ALWAYS_INLINE Admission Breaker::Acquire(
    TimePoint now, CallShape shape, Connectivity* connectivity) noexcept {
  const internal::StateWord word = Look();
  if (FUSEBOX_LIKELY(word.admits_all_uncounted()))
    return Admission(Permit(this, word));
  if (FUSEBOX_LIKELY(word.admits_all())) return Admit(word);
  return AcquireUnlessClosed(word, now, shape, connectivity);
}

FUSEBOX_ALWAYS_INLINE Admission Breaker::Acquire(CallShape shape) noexcept {
  const internal::StateWord word = Look();
  if (FUSEBOX_LIKELY(word.admits_all_uncounted()))
    return Admission(Permit(this, word));
  if (FUSEBOX_LIKELY(word.admits_all())) return Admit(word);
  return AcquireUnlessClosed(word, clock_.Now(), shape, nullptr);
}

// Counts a fast success without the lock. Counts nothing and returns false if
// the call is not one, if counting needs the lock, or if `word` is not the
// present word. REQUIRES: if `word` has no mark, it is the word of a CLOSED
// circuit in a mode that judges.
FUSEBOX_ALWAYS_INLINE bool Breaker::CountSuccess(internal::StateWord word,
                                                 Outcome outcome,
                                                 Duration duration,
                                                 TimePoint now) noexcept {
  if (outcome != Outcome::kSuccess) return false;
  if (word.takes_any_success()) {
    if (!FUSEBOX_LIKELY(Look().bits() == word.bits())) return false;
  } else {
    if (!FUSEBOX_LIKELY(!word.judges_slow()) && MayBeSlow(duration)) {
      return false;
    }
    if (word.has_window(internal::WindowKind::kTime)) {
      if (!window_.CountInTime(now, word_, word.bits())) return false;
    } else if (word.has_window(internal::WindowKind::kCalls)) {
      if (!CountInCalls(word)) return false;
    } else if (Look().bits() != word.bits()) {
      return false;
    }
  }
  if (!FUSEBOX_LIKELY(failures_.is_zero())) CountAgainstFailures(word);
  return true;
}

inline Permit& Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    Release();
    breaker_ = std::exchange(other.breaker_, nullptr);
    word_ = other.word_;
    probe_ = other.probe_;
  }
  return *this;
}

inline bool Permit::Settle(const Verdict& verdict, TimePoint now) noexcept {
  if (breaker_ == nullptr || word_.has(internal::StateWord::kSettled))
    return false;
  if (word_.totals()) breaker_->totals_->Settled(verdict.outcome);
  if (!breaker_->CountSuccess(word_, verdict.outcome, verdict.duration, now)) {
    breaker_->SettleSlowly(word_, probe_, verdict, now);
  }
  word_ = word_.With(internal::StateWord::kSettled);
  return true;
}

inline bool Permit::Settle(const Verdict& verdict) noexcept {
  return breaker_ != nullptr && Settle(verdict, breaker_->clock_.Now());
}

FUSEBOX_ALWAYS_INLINE bool Permit::Finish(const Verdict& verdict,
                                          TimePoint now) noexcept {
  Breaker* const breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr) return false;
  if (FUSEBOX_LIKELY(breaker->CountSuccess(word_, verdict.outcome,
                                           verdict.duration, now))) {
    if (word_.totals()) breaker->totals_->Finished(Outcome::kSuccess);
    return true;
  }
  breaker->FinishSlowly(word_, probe_, verdict.outcome, verdict.duration,
                        verdict.pushback, verdict.context, now);
  return !word_.has(internal::StateWord::kSettled);
}

FUSEBOX_ALWAYS_INLINE void Permit::Release() noexcept {
  if (breaker_ == nullptr) return;
  std::exchange(breaker_, nullptr)->ReleaseSlowly(word_, probe_);
}

}  // namespace fusebox

#endif  // FUSEBOX_CORE_INTERNAL_BREAKER_INLINE_H_
