// thread_number.h: a small number for each thread, to pick a shard by.

#ifndef FUSEBOX_BASE_INTERNAL_THREAD_NUMBER_H_
#define FUSEBOX_BASE_INTERNAL_THREAD_NUMBER_H_

#include <cstddef>

#include "fusebox/base/internal/export.h"

namespace fusebox::internal {

// A number that no thread had before. Not 0.
FUSEBOX_EXPORT size_t NewThreadNumber() noexcept;

inline size_t& ThreadNumberSlot() noexcept {
  static thread_local size_t mine = 0;
  return mine;
}

// The calling thread's: 1, 2, 3, ... in the order in which threads first ask.
inline size_t ThreadNumber() noexcept {
  size_t& mine = ThreadNumberSlot();
  if (mine == 0) mine = NewThreadNumber();
  return mine;
}

// The calling thread's; 0 as long as it has not asked for one.
inline size_t ThreadNumberIfAny() noexcept { return ThreadNumberSlot(); }

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_THREAD_NUMBER_H_
