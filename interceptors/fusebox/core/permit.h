// permit.h: what an admitted call holds, and what a rejected one gets.
//
//   if (fusebox::Admission admission = breaker.Acquire(now)) {
//     ... the call ...
//     admission.permit.Settle({fusebox::Outcome::kSuccess, took}, now);
//   } else {
//     ... admission.rejection says why and when to come back ...
//   }
//
// A permit holds two things. A *verdict*, given at most once: how the call
// ended. And a *slot*, held until the call is over: what half-open probes and
// the bulkhead's calls are counted by. For most calls both go at once
// (Finish()); a stream has its verdict at its first message and its slot until
// it ends.
//
// Nothing can leak: a permit that is destroyed gives back what it still holds,
// and a verdict that was never given is an ignored outcome.

#ifndef FUSEBOX_CORE_PERMIT_H_
#define FUSEBOX_CORE_PERMIT_H_

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/attributes.h"
#include "fusebox/core/internal/state_word.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox {

class Breaker;

// How a call ended.
struct Verdict {
  Outcome outcome = Outcome::kIgnored;

  // How long the call took; for a stream, the time to its first message. At
  // least 0.
  Duration duration{0};

  // For how long the server asked not to be called again. 0 or less means that
  // it did not ask. Only the push-back of a failure counts.
  Duration pushback{0};

  // Handed on to TransitionSink::Push() if the verdict changes the state, and
  // not used after the call that gives the verdict. May be null.
  const void* context = nullptr;
};

// The slot and the verdict of one admitted call. Move-only. Not thread-safe:
// calls on one permit must not overlap. Must not outlive its breaker.
class Permit {
 public:
  Permit() = default;
  FUSEBOX_ALWAYS_INLINE Permit(Permit&& other) noexcept
      : breaker_(std::exchange(other.breaker_, nullptr)),
        word_(other.word_),
        probe_(other.probe_) {}
  Permit& operator=(Permit&& other) noexcept;
  FUSEBOX_ALWAYS_INLINE ~Permit() { Release(); }

  // True while it holds a slot or a verdict to give.
  explicit operator bool() const { return breaker_ != nullptr; }

  // Gives the verdict. False, and nothing happens, if it was given before or
  // the permit is empty. A verdict of a generation that is over enters the
  // totals and changes nothing else. The slot is kept.
  bool Settle(const Verdict& verdict, TimePoint now) noexcept;

  // As above, at the time of the breaker's clock.
  bool Settle(const Verdict& verdict) noexcept;

  // Settle() and Release() in one, and cheaper. False if there was no verdict
  // to give; the permit is empty either way.
  bool Finish(const Verdict& verdict, TimePoint now) noexcept;

  // The call is over: gives the slot back, and the verdict `ignored` if none
  // was given. The permit is empty then.
  void Release() noexcept;

  // Whether its verdict feeds the machine: not if the call passes only because
  // of the mode, nor once it was given.
  bool is_judged() const {
    return breaker_ != nullptr &&
           !word_.has(internal::StateWord::kTotalsOnly) &&
           !word_.has(internal::StateWord::kSettled);
  }

  // Whether the call is a probe of a half-open circuit.
  bool is_probe() const {
    return breaker_ != nullptr && word_.has(internal::StateWord::kProbe);
  }

 private:
  friend class Breaker;

  FUSEBOX_ALWAYS_INLINE Permit(Breaker* breaker, internal::StateWord word,
                               uint64_t probe = 0)
      : breaker_(breaker), word_(word), probe_(probe) {
    FUSEBOX_ASSUME(breaker != nullptr);
  }

  Breaker* breaker_ = nullptr;
  internal::StateWord
      word_;            // when it was admitted, and what is special about it
  uint64_t probe_ = 0;  // its number, if it is a probe
};

// Why a call did not pass.
struct Rejection {
  RejectionReason reason = RejectionReason::kOpen;

  // The state that the call met. FORCED_OPEN counts as OPEN.
  State state = State::kOpen;

  // What is left of the opening, or of the wait for a connection after it; 0
  // where nobody can know (the probes or all places are busy, traffic comes
  // back by and by); absent where time does not help (FORCED_OPEN).
  std::optional<Duration> retry_after;

  // What opened the circuit last. OPERATOR for FORCED_OPEN, and where it never
  // was open.
  Cause cause;
};

// The answer to Acquire(): a permit, or a rejection. Under DRY_RUN a call that
// would have been rejected has both.
struct [[nodiscard]] Admission {
  Admission() = default;
  FUSEBOX_ALWAYS_INLINE explicit Admission(Permit granted)
      : permit(std::move(granted)) {}
  explicit Admission(const Rejection& why) : rejection(why) {}

  // As `describe(&rejection)` says, which fills it in place: a copy would cost
  // more than the rest of a rejection.
  template <typename Describe, typename = std::enable_if_t<std::is_invocable_v<
                                   const Describe&, Rejection*>>>
  explicit Admission(const Describe& describe) {
    describe(&rejection.emplace());
  }

  Permit permit;
  std::optional<Rejection> rejection;

  // Whether the call may go ahead.
  explicit operator bool() const { return static_cast<bool>(permit); }
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_PERMIT_H_
