// opening.h: the present opening, for readers that hold no lock.
//
// The breaker stores the fields under its lock, before it stores the state word
// that says OPEN. A reader loads the word, then the fields, then the word
// again. If the word has not changed, the fields belong to its generation: the
// fields of a later opening are stored after the word of the HALF_OPEN or
// CLOSED in between, so an acquire load that sees such a field makes that word
// visible to the second load. A rejection is therefore exact to the nanosecond
// without a lock.

#ifndef FUSEBOX_CORE_INTERNAL_OPENING_H_
#define FUSEBOX_CORE_INTERNAL_OPENING_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

class Opening {
 public:
  // Stores an opening. The caller holds the breaker's lock.
  void Store(TimePoint since, TimePoint until, const Cause& cause) noexcept {
    constexpr auto kOrder = std::memory_order_release;
    until_.store(until, kOrder);
    since_.store(since, kOrder);
    last_duration_.store(cause.last_duration, kOrder);
    bad_.store(uint64_t{cause.slow_calls} << 32 | cause.failures, kOrder);
    calls_.store(
        uint64_t{cause.calls} << 32 | static_cast<uint64_t>(cause.reason),
        kOrder);
  }

  // A copy of the fields. Use it only after the word turned out to be
  // unchanged.
  struct Reading {
    TimePoint until;
    TimePoint since;
    Duration last_duration;
    uint64_t bad;
    uint64_t calls;

    bool is_over(TimePoint now) const { return now >= until; }

    // Fills in the rejection of a call at `now`, before the opening is over. It
    // sets field by field, because a copy would take most of the time that a
    // rejection takes.
    void Describe(TimePoint now, Rejection* rejection) const {
      rejection->reason = RejectionReason::kOpen;
      rejection->state = State::kOpen;
      // A time older than the opening counts as its beginning.
      rejection->retry_after = until - std::max(now, since);
      Cause& cause = rejection->cause;
      cause.reason = static_cast<TransitionReason>(calls & 0xff);
      cause.failures = static_cast<uint32_t>(bad);
      cause.last_duration = last_duration;
      cause.calls = static_cast<uint32_t>(calls >> 32);
      cause.slow_calls = static_cast<uint32_t>(bad >> 32);
    }
  };
  Reading Read() const noexcept {
    constexpr auto kOrder = std::memory_order_acquire;
    return {until_.load(kOrder), since_.load(kOrder),
            last_duration_.load(kOrder), bad_.load(kOrder),
            calls_.load(kOrder)};
  }

 private:
  std::atomic<TimePoint> until_{TimePoint()};
  std::atomic<TimePoint> since_{TimePoint()};
  std::atomic<Duration> last_duration_{Duration(0)};
  std::atomic<uint64_t> bad_{0};    // slow calls << 32 | failures
  std::atomic<uint64_t> calls_{0};  // calls << 32 | reason
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_OPENING_H_
