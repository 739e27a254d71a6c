// worker.h: starts a thread without throwing.

#ifndef FUSEBOX_BASE_INTERNAL_WORKER_H_
#define FUSEBOX_BASE_INTERNAL_WORKER_H_

#include <thread>
#include <utility>

#include "fusebox/base/internal/no_throw.h"

namespace fusebox::internal {

// Runs `f` on a new thread and stores it in `*thread`, which must not be
// joinable. Returns false if the system cannot start a thread.
template <typename F>
bool StartThread(F f, std::thread* thread) noexcept {
  return NoThrow([&] { *thread = std::thread(std::move(f)); });
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_WORKER_H_
