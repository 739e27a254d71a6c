#include "fusebox/core/internal/time_window.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "fusebox/base/clock.h"
#include "fusebox/core/internal/trip_rule.h"
#include "fusebox/core/snapshot.h"

namespace fusebox::internal {
namespace {

// Keeps threads that use neighbouring sets from contending for a cache line.
constexpr std::align_val_t kCacheLines{128};

}  // namespace

TimeWindow::~TimeWindow() {
  if (inflated()) FreeSets(sets_.load(std::memory_order_relaxed));
}

// Rounds down, even for times before the clock's origin.
int64_t TimeWindow::BucketAt(TimePoint now, Duration width) {
  const int64_t at = now.time_since_epoch().count();
  return at / width.count() - (at % width.count() < 0 ? 1 : 0);
}

void TimeWindow::Reshape(Duration duration) {
  uint64_t seen = current_.load(std::memory_order_relaxed);
  while (!current_.compare_exchange_weak(seen, seen | kLocked,
                                         std::memory_order_acq_rel,
                                         std::memory_order_relaxed)) {
  }
  // A new window has seen no time yet. A used one stays where it was in time.
  const Duration old_width(width_.load(std::memory_order_relaxed));
  const Duration width = duration / kBuckets;
  TimePoint latest = TimePoint::min();
  if (seen != 0 && BucketOf(seen) > BucketAt(latest, old_width)) {
    latest = TimePoint(BucketOf(seen) * old_width);
  }
  width_.store(width.count(), std::memory_order_release);
  // No bucket begins before TimePoint::min(). Earlier times stand still.
  const int64_t first = BucketAt(TimePoint::min(), width) + 1;
  Empty(Pack(std::max(BucketAt(latest, width), first), EditionOf(seen) + 1));
}

void TimeWindow::Clear() noexcept {
  uint64_t seen = current_.load(std::memory_order_relaxed);
  while (!current_.compare_exchange_weak(seen, seen | kLocked,
                                         std::memory_order_acq_rel,
                                         std::memory_order_relaxed)) {
  }
  Empty(Pack(BucketOf(seen), EditionOf(seen) + 1));
}

// Empties all words and begins anew at `next`. A thread that adds to a word
// meanwhile adds under an old edition. A tag comes again only after 256
// editions.
void TimeWindow::Empty(uint64_t next) noexcept {
  ForEachSet(*this, [](Words& words) {
    for (auto& word : words) word.store(0, std::memory_order_release);
  });
  rows_ = {};
  current_.store(next, std::memory_order_release);
}

CountResult TimeWindow::CountSuccess(uint64_t seen, TimePoint now) noexcept {
  const Duration width(width_.load(std::memory_order_acquire));
  if (BucketAt(now, width) != BucketOf(seen)) {
    const CountResult advanced = Advance(seen, now);
    if (advanced != CountResult::kYes) return advanced;
  }
  std::atomic<uint64_t>& counter = Mine()[PlaceOf(BucketOf(seen))];
  uint64_t word = counter.load(std::memory_order_acquire);
  uint64_t next = word + 1;
  if (!SameTag(word, TagOf(seen))) {
    if (current_.load(std::memory_order_acquire) != seen) {
      return CountResult::kAgain;
    }
    next = (TagOf(seen) & ~kCountMask) | 1;
  }
  if (counter.compare_exchange_strong(word, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
    return CountResult::kYes;
  }
  Inflate();
  return CountResult::kAgain;
}

void TimeWindow::Record(bool failure, bool slow, TimePoint now) noexcept {
  const Duration width(width_.load(std::memory_order_relaxed));
  const int64_t bucket = BucketAt(now, width);
  uint64_t seen = Look();
  for (; BucketOf(seen) < bucket; seen = Look()) Advance(seen, now);

  const int64_t current = BucketOf(seen);
  Row& row = rows_[PlaceOf(current)];
  if (row.bucket != current) row = {current, {}};
  ++row.counts.calls;
  row.counts.failures += failure ? 1 : 0;
  row.counts.slow_calls += slow ? 1 : 0;
}

WindowCounts TimeWindow::Read(TimePoint now) const noexcept {
  const Duration width(width_.load(std::memory_order_relaxed));
  const uint64_t seen = Look();
  const int64_t newest = std::max(BucketOf(seen), BucketAt(now, width));
  WindowCounts sum;
  for (const Row& row : rows_) {
    if (row.bucket > newest - kBuckets && row.bucket <= newest) {
      sum.calls += row.counts.calls;
      sum.failures += row.counts.failures;
      sum.slow_calls += row.counts.slow_calls;
    }
  }
  ForEachSet(*this, [&](const Words& words) {
    for (int64_t bucket = newest - kBuckets + 1; bucket <= newest; ++bucket) {
      const uint64_t word =
          words[PlaceOf(bucket)].load(std::memory_order_acquire);
      if (SameTag(word, TagOf(Pack(bucket, EditionOf(seen))))) {
        sum.calls += word & kCountMask;
      }
    }
  });
  return sum;
}

// Makes the bucket of `now` the current one, unless another thread is faster.
CountResult TimeWindow::Advance(uint64_t seen, TimePoint now) noexcept {
  if ((seen & kLocked) != 0) return CountResult::kNo;
  const Duration width(width_.load(std::memory_order_acquire));
  // The width can be newer than `seen` only if current_ has changed.
  if (current_.load(std::memory_order_acquire) != seen)
    return CountResult::kAgain;
  const int64_t bucket = BucketAt(now, width);
  if (bucket <= BucketOf(seen)) return CountResult::kYes;
  // After a whole lap all words are stale. A new edition keeps a word of many
  // laps ago, whose tag comes again, from passing for a new one.
  const bool lapped = bucket - BucketOf(seen) >= static_cast<int64_t>(kWords);
  const uint64_t next = Pack(bucket, EditionOf(seen) + (lapped ? 1 : 0));
  uint64_t expected = seen;
  if (current_.compare_exchange_strong(expected, next,
                                       std::memory_order_acq_rel)) {
    Recycle(seen, next);
  }
  return CountResult::kAgain;
}

// Empties the words of the buckets after `from`, up to `to`. Adding to a word
// would empty it, too. But a word that nobody adds to for many laps would pass
// for a new one when its tag comes again.
void TimeWindow::Recycle(uint64_t from, uint64_t to) noexcept {
  const int64_t last = BucketOf(to);
  const int64_t first =
      std::max(BucketOf(from), last - static_cast<int64_t>(kWords)) + 1;
  ForEachSet(*this, [&](Words& words) {
    for (int64_t bucket = first; bucket <= last; ++bucket) {
      std::atomic<uint64_t>& counter = words[PlaceOf(bucket)];
      uint64_t word = counter.load(std::memory_order_acquire);
      if (word == 0 || SameTag(word, TagOf(Pack(bucket, EditionOf(to))))) {
        continue;
      }
      if (current_.load(std::memory_order_acquire) != to) return;
      counter.compare_exchange_strong(word, 0, std::memory_order_acq_rel,
                                      std::memory_order_relaxed);
    }
  });
}

// Called when two threads have contended for one word. If there is no memory,
// they keep sharing it.
void TimeWindow::Inflate() noexcept {
  (void)ThreadNumber();  // gives this thread a number, for Mine()
  if (inflated()) return;
  Set* const more = new (kCacheLines, std::nothrow) Set[kSets];
  if (more == nullptr) return;
  Set* first = &first_;
  if (sets_.compare_exchange_strong(first, more, std::memory_order_acq_rel)) {
    mask_.store(kSets - 1, std::memory_order_release);
  } else {
    FreeSets(more);
  }
}

void TimeWindow::FreeSets(Set* sets) noexcept {
  operator delete[](sets, kCacheLines);
}

}  // namespace fusebox::internal
