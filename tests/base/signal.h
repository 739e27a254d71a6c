// signal.h: lets threads wait for something that happens, once or several
// times.

#ifndef FUSEBOX_TESTS_BASE_SIGNAL_H_
#define FUSEBOX_TESTS_BASE_SIGNAL_H_

#include <condition_variable>
#include <mutex>

namespace fusebox {

// Thread-safe.
class Signal {
 public:
  void Happen() {
    const std::lock_guard<std::mutex> lock(mu_);
    ++times_;
    changed_.notify_all();
  }
  // Blocks until it has happened so often.
  void Wait(int times = 1) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [&] { return times_ >= times; });
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  int times_ = 0;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_BASE_SIGNAL_H_
