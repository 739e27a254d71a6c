// permit.h: the two answers to Breaker::Acquire(), a permit and a rejection.
//
//   if (fusebox::Admission admission = breaker.Acquire(now)) {
//     ... the call ...
//     admission.permit.Settle({fusebox::Outcome::kSuccess, took}, now);
//   } else {
//     ... admission.rejection says why and when to come back ...
//   }
//
// An admitted call owes its permit two things. It gives a *verdict*, at most
// once, which says how it ended. And it holds a *slot* until it is over; the
// slots limit the half-open probes and the calls in a bulkhead. Most calls do
// both at once with Finish(). A stream gives its verdict at its first message
// and keeps its slot until it ends.
//
// Nothing can leak. A permit that is destroyed releases its slot, and a call
// that never gave a verdict counts as an ignored outcome.

#ifndef FUSEBOX_CORE_PERMIT_H_
#define FUSEBOX_CORE_PERMIT_H_

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/attributes.h"
#include "fusebox/base/internal/export.h"
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
class FUSEBOX_EXPORT Permit {
 public:
  Permit() = default;
  FUSEBOX_ALWAYS_INLINE Permit(Permit&& other) noexcept
      : breaker_(std::exchange(other.breaker_, nullptr)),
        word_(other.word_),
        probe_(other.probe_) {}
  Permit& operator=(Permit&& other) noexcept;
  FUSEBOX_ALWAYS_INLINE ~Permit() { Release(); }

  // Returns whether it still holds a slot or can give a verdict.
  explicit operator bool() const { return breaker_ != nullptr; }

  // Gives the verdict and keeps the slot. Does nothing and returns false if the
  // verdict was given before or the permit is empty. If the circuit has changed
  // its state or was reset since the call was admitted, only the totals count
  // the verdict.
  bool Settle(const Verdict& verdict, TimePoint now) noexcept;

  // The same at the time of the breaker's clock.
  bool Settle(const Verdict& verdict) noexcept;

  // Does what Settle() and Release() do, but costs less. Returns false if there
  // was no verdict to give. The permit is empty afterwards in either case.
  bool Finish(const Verdict& verdict, TimePoint now) noexcept;

  // Releases the slot, because the call is over. If no verdict was given, the
  // outcome is `ignored`. The permit is empty afterwards.
  void Release() noexcept;

  // Returns whether the verdict will count for the state of the circuit. It
  // does not if the call passed only because of the mode, or after it was
  // given.
  bool is_judged() const {
    return breaker_ != nullptr &&
           !word_.has(internal::StateWord::kTotalsOnly) &&
           !word_.has(internal::StateWord::kSettled);
  }

  // Returns whether the call is a probe of a half-open circuit.
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
      word_;            // of the moment of admission, with the permit's marks
  uint64_t probe_ = 0;  // the number of the probe; 0 for other calls
};

// Why a call was rejected.
struct Rejection {
  RejectionReason reason = RejectionReason::kOpen;

  // The state that the call met. FORCED_OPEN counts as OPEN.
  State state = State::kOpen;

  // How long the caller should wait: what is left of the opening, or of the
  // wait for a connection after it. 0 if nobody can know, because all probes or
  // all slots are in use or the ramp rejected the call. Absent if waiting does
  // not help (FORCED_OPEN).
  std::optional<Duration> retry_after;

  // What opened the circuit most recently. The reason is OPERATOR for
  // FORCED_OPEN, and if the circuit has never been open.
  Cause cause;
};

// The answer to Acquire(): a permit or a rejection. Under DRY_RUN, a call that
// ENFORCE would have rejected gets both.
struct [[nodiscard]] Admission {
  Admission() = default;
  FUSEBOX_ALWAYS_INLINE explicit Admission(Permit granted)
      : permit(std::move(granted)) {}
  explicit Admission(const Rejection& why) : rejection(why) {}

  // Makes a rejection and lets `describe(&rejection)` fill it in place. Copying
  // one would cost more than everything else about it.
  template <typename Describe, typename = std::enable_if_t<std::is_invocable_v<
                                   const Describe&, Rejection*>>>
  explicit Admission(const Describe& describe) {
    describe(&rejection.emplace());
  }

  Permit permit;
  std::optional<Rejection> rejection;

  // Returns whether the call may go ahead.
  explicit operator bool() const { return static_cast<bool>(permit); }
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_PERMIT_H_
