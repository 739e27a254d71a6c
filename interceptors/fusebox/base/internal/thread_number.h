// thread_number.h: gives each thread a small number, which selects its shard.

#ifndef FUSEBOX_BASE_INTERNAL_THREAD_NUMBER_H_
#define FUSEBOX_BASE_INTERNAL_THREAD_NUMBER_H_

#include <cstddef>

#include "fusebox/base/internal/export.h"

namespace fusebox::internal {

// Returns a number that no thread has had before. Never 0.
FUSEBOX_EXPORT size_t NewThreadNumber() noexcept;

// Returns where the calling thread keeps its number; 0 means that it has none.
inline size_t& ThreadNumberSlot() noexcept {
  static thread_local size_t mine = 0;
  return mine;
}

// Returns the calling thread's number. Threads are numbered 1, 2, 3, ... in the
// order in which they first call this.
inline size_t ThreadNumber() noexcept {
  size_t& mine = ThreadNumberSlot();
  if (mine == 0) mine = NewThreadNumber();
  return mine;
}

// Returns the calling thread's number, or 0 if it never called ThreadNumber().
inline size_t ThreadNumberIfAny() noexcept { return ThreadNumberSlot(); }

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_THREAD_NUMBER_H_
