// count_window.h: the last N outcomes.
//
// While all of them are fast successes ("clean"), which is how a healthy
// circuit lives, one word says how many there are, and a success that finds the
// window full of its like changes nothing and stores nothing. The first failure
// or slow call turns the window "mixed", under the breaker's lock: from then
// on every outcome takes the lock and enters a ring of bits, until the last
// failure and the last slow call have left it and it is clean again.
//
// The word carries an *edition*, which changes whenever the window is emptied,
// and is changed by compare-and-swap, so a success that belongs to the time
// before is never counted in the time after. It is stored with release order
// and loaded with acquire order: a failure counts every success that returned
// before it began, and a success that begins after a failure returned finds the
// window mixed.

#ifndef FUSEBOX_CORE_INTERNAL_COUNT_WINDOW_H_
#define FUSEBOX_CORE_INTERNAL_COUNT_WINDOW_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fusebox/core/internal/time_window.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/snapshot.h"

namespace fusebox::internal {

class CountWindow {
 public:
  // Any thread, no lock; in two steps as with TimeWindow.
  uint64_t Look() const noexcept {
    return word_.load(std::memory_order_acquire);
  }
  CountResult CountSuccess(uint64_t seen) noexcept {
    if ((seen & kFull) != 0) return CountResult::kYes;
    if ((seen & kMixed) != 0) return CountResult::kNo;
    return CountInClean(seen);
  }

  // Any thread. Whether it holds fast successes only, as many as it can.
  bool is_full() const noexcept { return (Look() & kFull) != 0; }

  // The rest is for one thread at a time: the caller holds the lock.

  // Empties it and gives it a new size, in [1, 4096].
  void Reshape(uint32_t size);

  // Empties it.
  void Clear() noexcept;

  // An outcome that is a failure, slow, or both; or neither.
  void Record(bool failure, bool slow) noexcept;

  // What it holds.
  WindowCounts Read() const noexcept;

 private:
  // word_: edition << 16 | outcomes << 2 | mixed << 1 | full. Full: clean, and
  // as many as there can be. Mixed: `outcomes` is stale.
  static constexpr uint64_t kFull = 1;
  static constexpr uint64_t kMixed = 2;
  static constexpr int kOutcomesShift = 2;
  static constexpr uint64_t kOutcomesMask = 0x3fff;
  static constexpr int kEditionShift = 16;

  using Bits = std::vector<uint64_t>;

  static uint64_t OutcomesOf(uint64_t word) {
    return word >> kOutcomesShift & kOutcomesMask;
  }
  static uint64_t Clean(uint64_t edition, uint64_t outcomes, uint64_t size) {
    return edition << kEditionShift | outcomes << kOutcomesShift |
           (outcomes == size ? kFull : 0);
  }
  static bool Exchange(Bits& bits, size_t at, bool value);

  CountResult CountInClean(uint64_t seen) noexcept;
  uint64_t TurnMixed() noexcept;

  std::atomic<uint64_t> word_{0};
  std::atomic<uint32_t> size_{1};

  // Mixed: the ring. Clean: all bits are 0 and the counts, but calls, too.
  Bits failure_;
  Bits slow_;
  size_t next_ = 0;  // the oldest, if the ring is full
  WindowCounts counts_;

 public:
  // What a success touches.
  static constexpr size_t kHotBytes = sizeof(word_) + sizeof(size_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_COUNT_WINDOW_H_
