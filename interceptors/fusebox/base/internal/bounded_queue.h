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

  // Adds `value`, or drops it if at least half of the capacity is in use. This
  // is for entries that matter less: they never replace another one.
  void PushIfHalfEmpty(T value) noexcept {
    MutexLock lock(mu_);
    ++last_number_;
    if (size_ >= (ring_.size() + 1) / 2) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    ring_[(head_ + size_) % ring_.size()] = {last_number_, std::move(value)};
    ++size_;
  }

  // Moves the oldest entry to `*value` and its number to `*number`, unless that
  // is null. Returns false if the queue is empty.
  bool Pop(T* value, uint64_t* number = nullptr) noexcept {
    MutexLock lock(mu_);
    if (size_ == 0) return false;
    *value = std::move(ring_[head_].value);
    if (number != nullptr) *number = ring_[head_].number;
    head_ = (head_ + 1) % ring_.size();
    --size_;
    return true;
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

  Mutex mu_;
  std::vector<Entry> ring_ FUSEBOX_GUARDED_BY(mu_);
  size_t head_ FUSEBOX_GUARDED_BY(mu_) = 0;  // the oldest entry
  size_t size_ FUSEBOX_GUARDED_BY(mu_) = 0;
  uint64_t last_number_ FUSEBOX_GUARDED_BY(mu_) = 0;
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_BOUNDED_QUEUE_H_
