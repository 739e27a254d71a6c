// time_window.h: the window of the outcomes in the last ten buckets of time.
//
// A bucket is `duration / 10` long (in whole nanoseconds) and aligned to
// multiples of that on the clock. The window is the current bucket and the nine
// before it. The current bucket is the one of the latest time that any outcome
// brought. An outcome with an earlier time is counted in the current bucket,
// too, because time that runs backwards stands still.
//
// Failures and slow calls are recorded in plain numbers under the breaker's
// lock. Fast successes take no lock:
//
//  * `current_` holds the number of the current bucket and the *edition*, which
//    changes whenever the window is emptied. An outcome with a later time moves
//    `current_` on by compare-and-swap.
//  * A success adds one to the word of its bucket by compare-and-swap. Beside
//    the count, the word carries a tag of bucket and edition, so a word of an
//    older bucket is recognized. The same swap that adds also recycles it: no
//    record can be lost between emptying the word and adding to it, and none
//    can land in a bucket that is not its own.
//  * A thread may recycle a word with another tag only if it has seen, after it
//    loaded the word, that its own bucket is still the current one. Whatever
//    the word holds is older then. A thread that was overtaken starts again.
//  * There is one set of words until a thread loses a swap to another one. Then
//    each of eight groups of threads gets one more set, of two cache lines.
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

// The result of an attempt to count a success without the lock.
enum class CountResult : uint8_t {
  kYes,
  kAgain,  // the window has changed meanwhile: look and try again
  kNo,     // counting needs the lock
};

class TimeWindow {
 public:
  TimeWindow() = default;
  ~TimeWindow();
  TimeWindow(const TimeWindow&) = delete;
  TimeWindow& operator=(const TimeWindow&) = delete;

  // Count a success on any thread and without the lock. There are two steps, so
  // that between them the caller can check that the window still belongs to its
  // generation:
  //   seen = Look(); ... CountSuccess(seen, now)
  uint64_t Look() const noexcept {
    return current_.load(std::memory_order_acquire);
  }
  CountResult CountSuccess(uint64_t seen, TimePoint now) noexcept;

  // The same, but counts only if `now` is in the current bucket and the bucket
  // has a word with its tag; else returns kNo. Returns kAgain if another thread
  // was faster; the caller then calls Inflate().
  CountResult CountInPlace(uint64_t seen, TimePoint now) noexcept;

  // Adds the sets of words for groups of threads, on any thread. Does nothing
  // if they exist or memory is short.
  void Inflate() noexcept;

  // For the functions below, the caller holds the breaker's lock.

  // Empties the window and gives it a new shape.
  void Reshape(Duration duration);

  // Empties the window. Successes that looked at it before are not counted in
  // it afterwards.
  void Clear() noexcept;

  // Records one outcome: a failure, a slow call, both, or neither.
  void Record(bool failure, bool slow, TimePoint now) noexcept;

  // Returns the calls in the window at `now`.
  WindowCounts Read(TimePoint now) const noexcept;

  // Returns whether Inflate() has added sets of words.
  bool inflated() const noexcept {
    return sets_.load(std::memory_order_acquire) != &first_;
  }

 private:
  static constexpr int kBuckets = 10;
  static constexpr size_t kWords = 16;  // a power of two, at least kBuckets
  static constexpr size_t kSets = 8;

  // current_: bucket number << 9 | edition << 1 | locked. A bucket is at least
  // a microsecond long, so its number fits. `locked` means that the window is
  // being emptied.
  static constexpr uint64_t kLocked = 1;
  static constexpr int kEditionShift = 1;
  static constexpr uint64_t kEditionMask = 0xff;
  static constexpr int kBucketShift = 9;

  // A bucket's word: tag << 40 | count. The tag is current_ without the upper
  // bits of the bucket's number and without `locked`.
  static constexpr int kTagShift = 40;
  static constexpr uint64_t kCountMask = (uint64_t{1} << kTagShift) - 1;

  using Words = std::array<std::atomic<uint64_t>, kWords>;
  struct Set {
    Words words{};
  };
  // The part of a bucket that the lock guards.
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
  // Returns the tag in its place in a word. SameTag() ignores the bits below.
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

  // The mask is read first and written last, so a thread that sees it set also
  // sees the sets that it selects from.
  Words& Mine() noexcept {
    const size_t mask = mask_.load(std::memory_order_acquire);
    return sets_.load(std::memory_order_acquire)[ThreadNumberIfAny() & mask]
        .words;
  }
  // Calls f(words) for each set of words.
  template <typename Self, typename F>
  static void ForEachSet(Self& self, F&& f) {
    f(self.first_.words);
    const auto sets = self.sets_.load(std::memory_order_acquire);
    if (sets == &self.first_) return;
    for (size_t i = 0; i < kSets; ++i) f(sets[i].words);
  }

  // Moves current_ from `seen` to the bucket of `now`. Returns kYes if `now` is
  // in no later bucket: the caller then counts in the current one. Else returns
  // kAgain, or kNo if the window is being emptied.
  CountResult Advance(uint64_t seen, TimePoint now) noexcept;
  void Recycle(uint64_t from, uint64_t to) noexcept;
  static void FreeSets(Set* sets) noexcept;
  void Empty(uint64_t next) noexcept;

  // Every success reads these; they are written once per bucket.
  std::atomic<uint64_t> current_{0};
  std::atomic<int64_t> width_{1};
  std::atomic<Set*> sets_{&first_};
  std::atomic<size_t> mask_{0};  // thread number & mask_ = index into sets_

  Set first_;

  std::array<Row, kWords> rows_;

 public:
  // The bytes that a success touches: at first, and in addition after
  // Inflate().
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
  // Unsigned, because the distance may exceed the range of a signed number.
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
