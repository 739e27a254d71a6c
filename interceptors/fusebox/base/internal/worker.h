// worker.h: a thread, where the system has one to give.

#ifndef FUSEBOX_BASE_INTERNAL_WORKER_H_
#define FUSEBOX_BASE_INTERNAL_WORKER_H_

#include <thread>
#include <utility>

#include "fusebox/base/internal/no_throw.h"

namespace fusebox::internal {

// Starts `f` on `*thread`, which must not be joinable. False: there is none.
template <typename F>
bool StartThread(F f, std::thread* thread) noexcept {
  return NoThrow([&] { *thread = std::thread(std::move(f)); });
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_WORKER_H_
