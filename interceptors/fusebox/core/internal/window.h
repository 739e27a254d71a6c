// window.h: the window of calls that rates are computed over.
//
// It has the shape that the settings ask for: the last ten buckets of time
// (time_window.h) or the last N outcomes (count_window.h). It is kept only
// while some rule needs it.

#ifndef FUSEBOX_CORE_INTERNAL_WINDOW_H_
#define FUSEBOX_CORE_INTERNAL_WINDOW_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/attributes.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/internal/count_window.h"
#include "fusebox/core/internal/state_word.h"
#include "fusebox/core/internal/time_window.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/settings.h"
#include "fusebox/core/snapshot.h"

namespace fusebox::internal {

class FUSEBOX_EXPORT OutcomeWindow {
 public:
  // Count a fast success in a window of time or of calls, on any thread and
  // without the lock. `mine` is the state word of the success. Both load the
  // window, then `word`, and then change the window. If `word` is still `mine`,
  // the window that they loaded has the generation and the shape of the
  // success. They count nothing and return false if it is not, or if counting
  // needs the lock.
  FUSEBOX_ALWAYS_INLINE bool CountInTime(TimePoint now,
                                         const std::atomic<uint64_t>& word,
                                         uint64_t mine) noexcept {
    const uint64_t seen = time_.Look();
    if (!FUSEBOX_LIKELY(word.load(std::memory_order_acquire) == mine)) {
      return false;
    }
    const CountResult counted = time_.CountInPlace(seen, now);
    if (FUSEBOX_LIKELY(counted == CountResult::kYes)) return true;
    return CountInAnyTime(now, word, mine,
                          /*met=*/counted == CountResult::kAgain);
  }
  bool CountInCalls(const std::atomic<uint64_t>& word, uint64_t mine) noexcept;

  // Returns the kind of window that must count fast successes, on any thread.
  // Returns kNone if there is no window, or if it is a window of calls that is
  // full of fast successes, which one more would not change.
  WindowKind counting() const noexcept {
    return kind() == WindowKind::kCalls && calls_.is_full() ? WindowKind::kNone
                                                            : kind();
  }

  // For the functions below, the caller holds the breaker's lock.

  // Takes the shape that `settings` ask for. Empties the window if that differs
  // from its present shape.
  void Configure(const Settings& settings);

  // Empties the window.
  void Clear() noexcept;

  // Records one outcome: a failure, a slow call, both, or neither.
  void Record(bool failure, bool slow, TimePoint now) noexcept;

  // Returns the calls in the window at `now`.
  WindowCounts Read(TimePoint now) const noexcept;

  // The bytes that a success touches: at first, and in addition after two
  // threads have contended.
  static constexpr size_t kHotBytes =
      TimeWindow::kHotBytes + CountWindow::kHotBytes;
  static constexpr size_t kInflatedBytes = TimeWindow::kInflatedBytes;

 private:
  // `met` means that the caller lost a swap to another thread.
  bool CountInAnyTime(TimePoint now, const std::atomic<uint64_t>& word,
                      uint64_t mine, bool met) noexcept;

  WindowKind kind() const { return kind_.load(std::memory_order_relaxed); }

  TimeWindow time_;
  CountWindow calls_;
  std::atomic<WindowKind> kind_{WindowKind::kNone};
  Window shape_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_WINDOW_H_
