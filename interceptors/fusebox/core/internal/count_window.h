// count_window.h: the window of the last N outcomes.
//
// While all of them are fast successes, which is how a healthy circuit lives,
// the window is "clean": one word says how many there are. A success that finds
// the window full of fast successes changes nothing and stores nothing. The
// first failure or slow call makes the window "mixed", under the breaker's
// lock. From then on every outcome takes the lock and enters a ring of bits.
// When the last failure and the last slow call have left the ring, the window
// is clean again.
//
// The word carries an *edition*, which changes whenever the window is emptied.
// Successes change the word only by compare-and-swap, so a success that belongs
// to the time before is never counted in the time after. The word is stored
// with release order and loaded with acquire order: a failure counts every
// success that returned before it began, and a success that begins after a
// failure returned finds the window mixed.

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
  // Count a success in two steps, as in TimeWindow, on any thread and without
  // the lock.
  uint64_t Look() const noexcept {
    return word_.load(std::memory_order_acquire);
  }
  CountResult CountSuccess(uint64_t seen) noexcept {
    if ((seen & kFull) != 0) return CountResult::kYes;
    if ((seen & kMixed) != 0) return CountResult::kNo;
    return CountInClean(seen);
  }

  // Returns whether the window is full of fast successes, on any thread.
  bool is_full() const noexcept { return (Look() & kFull) != 0; }

  // For the functions below, the caller holds the breaker's lock.

  // Empties the window and gives it a new size, in [1, 4096].
  void Reshape(uint32_t size);

  // Empties the window.
  void Clear() noexcept;

  // Records one outcome: a failure, a slow call, both, or neither.
  void Record(bool failure, bool slow) noexcept;

  // Returns the calls in the window.
  WindowCounts Read() const noexcept;

 private:
  // word_: edition << 16 | outcomes << 2 | mixed << 1 | full. `full` means that
  // the window is clean and holds N outcomes. If `mixed`, `outcomes` is stale.
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

  // The ring of a mixed window. In a clean window all bits are 0, and so are
  // the counts except the one of calls.
  Bits failure_;
  Bits slow_;
  size_t next_ = 0;  // the oldest outcome if the ring is full
  WindowCounts counts_;

 public:
  // The bytes that a success touches.
  static constexpr size_t kHotBytes = sizeof(word_) + sizeof(size_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_COUNT_WINDOW_H_
