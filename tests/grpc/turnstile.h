// turnstile.h: counts threads that pass a point, and waits for a number of
// them.

#ifndef FUSEBOX_TESTS_GRPC_TURNSTILE_H_
#define FUSEBOX_TESTS_GRPC_TURNSTILE_H_

#include <condition_variable>

#include "fusebox/base/mutex.h"

namespace fusebox {

// Counts the calls of Pass(). Thread-safe.
class Turnstile {
 public:
  void Pass() {
    MutexLock lock(mu_);
    ++passed_;
    changed_.notify_all();
  }
  void Await(int count) {
    MutexLock lock(mu_);
    while (passed_ < count) changed_.wait(mu_);
  }

 private:
  Mutex mu_;
  std::condition_variable_any changed_;
  int passed_ FUSEBOX_GUARDED_BY(mu_) = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_TURNSTILE_H_
