// breaker_inline.h: the path of a healthy call, for the compiler to inline.
// Included by breaker.h; read that.

#ifndef FUSEBOX_CORE_BREAKER_INLINE_H_
#define FUSEBOX_CORE_BREAKER_INLINE_H_

#include <atomic>
#include <utility>

#include "fusebox/core/breaker.h"

namespace fusebox {

inline Admission Breaker::Acquire(TimePoint now, CallShape shape) noexcept {
  const StateWord word = Look();
  if (word.admits_all()) return Admit(word);
  return AcquireSlowly(word, now, shape);
}

inline Admission Breaker::Acquire(CallShape shape) noexcept {
  const StateWord word = Look();
  if (word.admits_all()) return Admit(word);
  return AcquireSlowly(word, clock_.Now(), shape);
}

// A fast success of a CLOSED circuit, without the lock. False if nothing was
// counted: it is not one, or has to take the lock, or `word` is old.
inline bool Breaker::CountSuccess(StateWord word, const Verdict& verdict,
                                  TimePoint now) noexcept {
  if (verdict.outcome != Outcome::kSuccess || !word.is_plain() ||
      verdict.duration.count() >= slow_after_.load(std::memory_order_relaxed)) {
    return false;
  }
  const auto is_current = [&] { return Look().bits() == word.bits(); };
  if (!window_.CountSuccess(word.window(), now, is_current)) return false;
  run_.Success(word.generation());
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
  if (breaker_ == nullptr || word_.has(StateWord::kSettled)) return false;
  if (Totals* const totals = breaker_->totals_.get()) {
    totals->Settled(verdict.outcome);
  }
  if (!breaker_->CountSuccess(word_, verdict, now)) {
    breaker_->SettleSlowly(word_, probe_, verdict, now);
  }
  word_ = word_.With(StateWord::kSettled);
  return true;
}

inline bool Permit::Settle(const Verdict& verdict) noexcept {
  return breaker_ != nullptr && Settle(verdict, breaker_->clock_.Now());
}

inline bool Permit::Finish(const Verdict& verdict, TimePoint now) noexcept {
  Breaker* const breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr) return false;
  if (breaker->CountSuccess(word_, verdict, now)) {
    if (Totals* const totals = breaker->totals_.get()) {
      totals->Finished(Outcome::kSuccess);
    }
    return true;
  }
  breaker->FinishSlowly(word_, probe_, verdict, now);
  return !word_.has(StateWord::kSettled);
}

inline void Permit::Release() noexcept {
  if (breaker_ == nullptr) return;
  std::exchange(breaker_, nullptr)->ReleaseSlowly(word_, probe_);
}

}  // namespace fusebox

#endif  // FUSEBOX_CORE_BREAKER_INLINE_H_
