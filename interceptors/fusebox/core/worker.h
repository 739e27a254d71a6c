// worker.h: a thread, where the system has one to give.

#ifndef FUSEBOX_CORE_WORKER_H_
#define FUSEBOX_CORE_WORKER_H_

#include <thread>
#include <utility>

#include "fusebox/core/no_throw.h"

namespace fusebox {

// Starts `f` on `*thread`, which must not be joinable. False: there is none.
template <typename F>
bool StartThread(F f, std::thread* thread) noexcept {
  return NoThrow([&] { *thread = std::thread(std::move(f)); });
}

}  // namespace fusebox

#endif  // FUSEBOX_CORE_WORKER_H_
