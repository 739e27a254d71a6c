#include "fusebox/core/internal/count_window.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/snapshot.h"

namespace fusebox::internal {
namespace {

constexpr size_t kBitsAWord = 64;

}  // namespace

// Counts a success in a clean window that is not full yet.
CountResult CountWindow::CountInClean(uint64_t seen) noexcept {
  // If the size is newer than `seen`, the swap fails on the edition.
  const uint32_t size = size_.load(std::memory_order_acquire);
  const uint64_t next =
      Clean(seen >> kEditionShift, OutcomesOf(seen) + 1, size);
  return word_.compare_exchange_strong(seen, next, std::memory_order_acq_rel,
                                       std::memory_order_relaxed)
             ? CountResult::kYes
             : CountResult::kAgain;
}

// Makes the window mixed: from now on outcomes take the lock. Returns the last
// word before that.
uint64_t CountWindow::TurnMixed() noexcept {
  uint64_t seen = word_.load(std::memory_order_acquire);
  while (!word_.compare_exchange_weak(seen, (seen | kMixed) & ~kFull,
                                      std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
  }
  return seen;
}

void CountWindow::Reshape(uint32_t size) {
  TurnMixed();
  const size_t words = (size + kBitsAWord - 1) / kBitsAWord;
  failure_.assign(words, 0);
  slow_.assign(words, 0);
  size_.store(size, std::memory_order_release);
  Clear();
}

void CountWindow::Clear() noexcept {
  const uint64_t edition = (TurnMixed() >> kEditionShift) + 1;
  std::fill(failure_.begin(), failure_.end(), 0);
  std::fill(slow_.begin(), slow_.end(), 0);
  next_ = 0;
  counts_ = {};
  word_.store(Clean(edition, 0, size_.load(std::memory_order_relaxed)),
              std::memory_order_release);
}

bool CountWindow::Exchange(Bits& bits, size_t at, bool value) {
  uint64_t& word = bits[at / kBitsAWord];
  const uint64_t bit = uint64_t{1} << at % kBitsAWord;
  const bool before = (word & bit) != 0;
  word = value ? word | bit : word & ~bit;
  return before;
}

void CountWindow::Record(bool failure, bool slow) noexcept {
  const uint32_t size = size_.load(std::memory_order_relaxed);
  const uint64_t before = TurnMixed();
  if ((before & kMixed) == 0) {
    counts_.calls = OutcomesOf(before);
    next_ = counts_.calls % size;
  }
  const bool lost_failure = Exchange(failure_, next_, failure);
  const bool lost_slow = Exchange(slow_, next_, slow);
  counts_.failures += failure ? 1 : 0;
  counts_.failures -= lost_failure ? 1 : 0;
  counts_.slow_calls += slow ? 1 : 0;
  counts_.slow_calls -= lost_slow ? 1 : 0;
  counts_.calls = std::min<uint64_t>(counts_.calls + 1, size);
  next_ = (next_ + 1) % size;
  if (counts_.failures == 0 && counts_.slow_calls == 0) {
    word_.store(Clean(before >> kEditionShift, counts_.calls, size),
                std::memory_order_release);
  }
}

WindowCounts CountWindow::Read() const noexcept {
  const uint64_t word = Look();
  if ((word & kMixed) != 0) return counts_;
  return {OutcomesOf(word), 0, 0};
}

}  // namespace fusebox::internal
