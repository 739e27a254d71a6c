// time_window.h: the outcomes of the last ten buckets of time.
//
// A bucket is `duration / 10` long (in whole nanoseconds) and aligned to
// multiples of that on the clock; the window is the current bucket and the nine
// before it. The current bucket is that of the latest time that any outcome
// brought: an outcome that brings an earlier one is counted in it, because time
// that runs backwards stands still.
//
// Failures and slow calls are recorded under the breaker's lock, in plain
// numbers. Fast successes take no lock:
//
//  * `current_` holds the current bucket's number and the *edition*, which
//    changes whenever the window is emptied. Who brings a later time moves it
//    on by compare-and-swap.
//  * A success adds one to its bucket's word, by compare-and-swap. The word
//    carries a tag of bucket and edition beside the count, so a word of an
//    older bucket is recognized, and is recycled by the same swap that adds: no
//    record can be lost between "empty it" and "add to it", and none can land
//    in a bucket that is not its own.
//  * A word whose tag differs may be recycled only by one who has seen, after
//    loading it, that its own bucket is still the current one; then whatever
//    stands in the word is older. Whoever was overtaken starts again.
//  * There is one set of words until a swap is lost to another thread, then a
//    set more for each of eight groups of threads, two cache lines each.
//
// Memory order: words are swapped with release order and loaded with acquire
// order, so a reading contains every success that returned before it began.

#ifndef FUSEBOX_CORE_INTERNAL_TIME_WINDOW_H_
#define FUSEBOX_CORE_INTERNAL_TIME_WINDOW_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/attributes.h"
#include "fusebox/base/internal/thread_number.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/snapshot.h"

namespace fusebox::internal {

// What became of an attempt to count a success without the lock.
enum class CountResult : uint8_t {
  kYes,
  kAgain,  // the window has moved meanwhile
  kNo,     // it takes the lock
};

class TimeWindow {
 public:
  TimeWindow() = default;
  ~TimeWindow();
  TimeWindow(const TimeWindow&) = delete;
  TimeWindow& operator=(const TimeWindow&) = delete;

  // Any thread, no lock. Takes two steps, so that the caller can make sure in
  // between that the window is still that of its generation:
  //   seen = Look(); ... CountSuccess(seen, now)
  uint64_t Look() const noexcept {
    return current_.load(std::memory_order_acquire);
  }
  CountResult CountSuccess(uint64_t seen, TimePoint now) noexcept;

  // The same where `now` is in the current bucket, which has a word. No: it is
  // not, or has none. Again: another thread was faster; Inflate() then.
  CountResult CountInPlace(uint64_t seen, TimePoint now) noexcept;

  // Any thread: adds sets of words, if there are none and there is memory.
  void Inflate() noexcept;

  // The rest is for one thread at a time: the caller holds the lock.

  // Empties it and gives it a new shape.
  void Reshape(Duration duration);

  // Empties it. Successes under way that belong to the time before are not
  // counted in the time after.
  void Clear() noexcept;

  // An outcome that is a failure, slow, or both; or neither.
  void Record(bool failure, bool slow, TimePoint now) noexcept;

  // What it holds at `now`.
  WindowCounts Read(TimePoint now) const noexcept;

  // Whether sets of words were added.
  bool inflated() const noexcept {
    return sets_.load(std::memory_order_acquire) != &first_;
  }

 private:
  static constexpr int kBuckets = 10;
  static constexpr size_t kWords = 16;  // a power of two, at least kBuckets
  static constexpr size_t kSets = 8;

  // current_: bucket number << 9 | edition << 1 | locked. Buckets are at least
  // a microsecond long, so a bucket's number fits. `locked`: a new edition is
  // being made.
  static constexpr uint64_t kLocked = 1;
  static constexpr int kEditionShift = 1;
  static constexpr uint64_t kEditionMask = 0xff;
  static constexpr int kBucketShift = 9;

  // A bucket's word: tag << 40 | count. The tag is what current_ says without
  // the upper bits of the bucket's number.
  static constexpr int kTagShift = 40;
  static constexpr uint64_t kCountMask = (uint64_t{1} << kTagShift) - 1;

  using Words = std::array<std::atomic<uint64_t>, kWords>;
  struct Set {
    Words words{};
  };
  // What the lock guards of a bucket.
  struct Row {
    int64_t bucket = 0;
    WindowCounts counts;
  };

  static int64_t BucketOf(uint64_t current) {
    return static_cast<int64_t>(current) >> kBucketShift;
  }
  static uint64_t Pack(int64_t bucket, uint64_t edition) {
    return static_cast<uint64_t>(bucket) << kBucketShift |
           (edition & kEditionMask) << kEditionShift;
  }
  static uint64_t EditionOf(uint64_t current) {
    return current >> kEditionShift & kEditionMask;
  }
  // In its place; what stands below it does not count.
  static uint64_t TagOf(uint64_t current) {
    return current << (kTagShift - kEditionShift);
  }
  static bool SameTag(uint64_t a, uint64_t b) {
    return (a ^ b) >> kTagShift == 0;
  }
  static size_t PlaceOf(int64_t bucket) {
    return static_cast<uint64_t>(bucket) % kWords;
  }
  static int64_t BucketAt(TimePoint now, Duration width);

  // The mask is read first, and written last: whoever finds it set finds the
  // sets that it is for.
  Words& Mine() noexcept {
    const size_t mask = mask_.load(std::memory_order_acquire);
    return sets_.load(std::memory_order_acquire)[ThreadNumberIfAny() & mask]
        .words;
  }
  // f(words), for each set of them.
  template <typename Self, typename F>
  static void ForEachSet(Self& self, F&& f) {
    f(self.first_.words);
    const auto sets = self.sets_.load(std::memory_order_acquire);
    if (sets == &self.first_) return;
    for (size_t i = 0; i < kSets; ++i) f(sets[i].words);
  }

  // `seen` does not hold `now`. Yes: it is earlier, and stands still.
  CountResult Advance(uint64_t seen, TimePoint now) noexcept;
  void Recycle(uint64_t from, uint64_t to) noexcept;
  static void FreeSets(Set* sets) noexcept;
  void Empty(uint64_t next) noexcept;

  // Read by all, written once a bucket.
  std::atomic<uint64_t> current_{0};
  std::atomic<int64_t> width_{1};
  std::atomic<Set*> sets_{&first_};
  std::atomic<size_t> mask_{0};  // of thread numbers: which set

  Set first_;

  std::array<Row, kWords> rows_;

 public:
  // What a success touches: at first, and besides once sets were added.
  static constexpr size_t kHotBytes = sizeof(current_) + sizeof(width_) +
                                      sizeof(sets_) + sizeof(mask_) +
                                      sizeof(first_);
  static constexpr size_t kInflatedBytes = kSets * sizeof(Set);
};

FUSEBOX_ALWAYS_INLINE CountResult
TimeWindow::CountInPlace(uint64_t seen, TimePoint now) noexcept {
  const int64_t bucket = BucketOf(seen);
  const auto width =
      static_cast<uint64_t>(width_.load(std::memory_order_acquire));
  // Unsigned, so that it may be further than half of all time.
  const uint64_t start = static_cast<uint64_t>(bucket) * width;
  const auto at = static_cast<uint64_t>(now.time_since_epoch().count());
  if (!FUSEBOX_LIKELY(at - start < width)) return CountResult::kNo;
  std::atomic<uint64_t>& counter = Mine()[PlaceOf(bucket)];
  uint64_t word = counter.load(std::memory_order_acquire);
  if (!FUSEBOX_LIKELY(SameTag(word, TagOf(seen)))) return CountResult::kNo;
  return FUSEBOX_LIKELY(counter.compare_exchange_strong(
             word, word + 1, std::memory_order_acq_rel,
             std::memory_order_relaxed))
             ? CountResult::kYes
             : CountResult::kAgain;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_TIME_WINDOW_H_
