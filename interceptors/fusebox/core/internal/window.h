// window.h: what the rates are taken over, in the shape that the settings ask
// for: the last ten buckets of time (time_window.h) or the last N outcomes
// (count_window.h).
//
// It is kept only while a rule needs it.

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
  // Any thread: count a fast success without the lock, in the one shape and in
  // the other. The window is still that of the success's generation and shape
  // as long as `word` is `mine`, which is looked at after looking at the window
  // and before changing it. False, and nothing is counted, if it is not, or if
  // this takes the lock.
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

  // Any thread. What a fast success is counted in: nothing if there is no
  // window, or if it is one of calls that holds fast successes only, as many
  // as it can, and so would not change.
  WindowKind counting() const noexcept {
    return kind() == WindowKind::kCalls && calls_.is_full() ? WindowKind::kNone
                                                            : kind();
  }

  // The rest is for one thread at a time: the caller holds the lock.

  // Takes the shape that `settings` ask for; empties it if that is another one
  // than before.
  void Configure(const Settings& settings);

  // Empties it.
  void Clear() noexcept;

  // An outcome that is a failure, slow, or both; or neither.
  void Record(bool failure, bool slow, TimePoint now) noexcept;

  // What it holds at `now`.
  WindowCounts Read(TimePoint now) const noexcept;

  // What a success touches: at first, and besides once threads have met.
  static constexpr size_t kHotBytes =
      TimeWindow::kHotBytes + CountWindow::kHotBytes;
  static constexpr size_t kInflatedBytes = TimeWindow::kInflatedBytes;

 private:
  // `met`: the caller lost a swap to another thread.
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
