// threads.h: runs threads together and lets them meet at barriers.

#ifndef FUSEBOX_TESTS_BASE_THREADS_H_
#define FUSEBOX_TESTS_BASE_THREADS_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fusebox {

// Blocks threads until `count` of them wait, then releases them. Reusable.
class Barrier {
 public:
  explicit Barrier(int count) : count_(count) {}

  void Wait() {
    std::unique_lock<std::mutex> lock(mu_);
    const int round = round_;
    if (++waiting_ == count_) {
      waiting_ = 0;
      ++round_;
      released_.notify_all();
    } else {
      released_.wait(lock, [&] { return round_ != round; });
    }
  }

 private:
  std::mutex mu_;
  std::condition_variable released_;
  const int count_;
  int waiting_ = 0;
  int round_ = 0;
};

// Runs f(0) to f(count - 1), each on a thread of its own, and waits for them.
template <typename F>
void OnThreads(int count, F&& f) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back([&f, i] { f(i); });
  for (std::thread& thread : threads) thread.join();
}

// Runs `rounds` rounds on `count` threads. In each round, numbered from 1,
// every thread runs step(thread, round). When all have returned, one thread
// runs check(round), and the others wait for it.
template <typename Step, typename Check>
void Rounds(int count, int rounds, Step&& step, Check&& check) {
  Barrier barrier(count);
  OnThreads(count, [&](int thread) {
    for (int round = 1; round <= rounds; ++round) {
      barrier.Wait();
      step(thread, round);
      barrier.Wait();
      if (thread == 0) check(round);
    }
  });
}

// Runs all jobs at the same moment, each on a thread of its own.
inline void Together(const std::vector<std::function<void()>>& jobs) {
  std::atomic<size_t> ready{0};
  OnThreads(static_cast<int>(jobs.size()), [&](int thread) {
    ++ready;
    while (ready < jobs.size()) std::this_thread::yield();
    jobs[static_cast<size_t>(thread)]();
  });
}

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_BASE_THREADS_H_
