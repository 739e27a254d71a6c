// signal.h: lets threads wait for something that happens once.

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
    happened_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return happened_; });
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  bool happened_ = false;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_BASE_SIGNAL_H_
