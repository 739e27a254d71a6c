// bounded_queue.h: a first-in-first-out queue of a fixed capacity.

#ifndef FUSEBOX_BASE_INTERNAL_BOUNDED_QUEUE_H_
#define FUSEBOX_BASE_INTERNAL_BOUNDED_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"

namespace fusebox::internal {

// If the queue is full, a new entry replaces the oldest one, because the newest
// one says what is true now. Replaced entries are counted as dropped. Entries
// are numbered from 1 in the order in which they are pushed, so a gap in the
// numbers shows that entries were dropped. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  // Allocates all memory that the queue will use. `capacity` is at least 1.
  explicit BoundedQueue(size_t capacity) : ring_(capacity) {}

  // Adds `value`, and drops the oldest entry if the queue is full.
  void Push(T value) noexcept {
    MutexLock lock(mu_);
    ring_[(head_ + size_) % ring_.size()] = {++last_number_, std::move(value)};
    if (size_ < ring_.size()) {
      ++size_;
    } else {
      head_ = (head_ + 1) % ring_.size();
      dropped_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  // Adds `value` and returns true, unless at least half of the capacity is in
  // use. This is for entries that matter less: they never replace another one.
  bool PushIfHalfEmpty(T value) noexcept {
    MutexLock lock(mu_);
    if (size_ >= (ring_.size() + 1) / 2) return false;
    ring_[(head_ + size_) % ring_.size()] = {++last_number_, std::move(value)};
    ++size_;
    return true;
  }

  // Moves the oldest entry to `*value` and its number to `*number`, unless that
  // is null. If the queue is empty, returns false and sets `*number` to the
  // number of the last entry that was added.
  bool Pop(T* value, uint64_t* number = nullptr) noexcept {
    MutexLock lock(mu_);
    if (number != nullptr) {
      *number = size_ == 0 ? last_number_ : ring_[head_].number;
    }
    if (size_ == 0) return false;
    *value = std::move(ring_[head_].value);
    head_ = (head_ + 1) % ring_.size();
    --size_;
    return true;
  }

  // Returns the number of the last entry that was added.
  uint64_t last_number() const noexcept {
    MutexLock lock(mu_);
    return last_number_;
  }

  // Returns how many entries were dropped so far.
  uint64_t dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  struct Entry {
    uint64_t number = 0;
    T value{};
  };

  mutable Mutex mu_;
  std::vector<Entry> ring_ FUSEBOX_GUARDED_BY(mu_);
  size_t head_ FUSEBOX_GUARDED_BY(mu_) = 0;  // the oldest entry
  size_t size_ FUSEBOX_GUARDED_BY(mu_) = 0;
  uint64_t last_number_ FUSEBOX_GUARDED_BY(mu_) = 0;
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_BOUNDED_QUEUE_H_
