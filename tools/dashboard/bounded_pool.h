// bounded_pool.h: serves connections on threads with a bounded queue.

#ifndef FUSEBOX_TOOLS_DASHBOARD_BOUNDED_POOL_H_
#define FUSEBOX_TOOLS_DASHBOARD_BOUNDED_POOL_H_

#include <httplib.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "fusebox/base/mutex.h"

namespace fusebox::tool {

// The queue of httplib's own pool has no bound. With this pool, the server
// accepts no connection while all threads are busy and the queue is full.
// Further connections wait in the queue of the kernel, which is bounded.
// Thread-safe.
class BoundedPool final : public httplib::TaskQueue {
 public:
  BoundedPool(size_t threads, size_t max_waiting) : max_waiting_(max_waiting) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Run(); });
    }
  }

  // Newer versions of httplib ask whether the queue accepts the task.
  using Accepted =
      decltype(std::declval<httplib::TaskQueue&>().enqueue(nullptr));

  // Blocks while the queue is full. Accepts every task.
  Accepted enqueue(std::function<void()> task) override FUSEBOX_EXCLUDES(mu_) {
    {
      const MutexLock lock(mu_);
      while (tasks_.size() >= max_waiting_) changed_.wait(mu_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
    return static_cast<Accepted>(true);  // allowed if Accepted is void
  }

  // Runs the remaining tasks, then ends the threads.
  void shutdown() override FUSEBOX_EXCLUDES(mu_) {
    {
      const MutexLock lock(mu_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Run() FUSEBOX_EXCLUDES(mu_) {
    for (;;) {
      std::function<void()> task;
      {
        const MutexLock lock(mu_);
        while (tasks_.empty() && !ending_) changed_.wait(mu_);
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      changed_.notify_all();
      task();
    }
  }

  const size_t max_waiting_;
  Mutex mu_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> tasks_ FUSEBOX_GUARDED_BY(mu_);
  bool ending_ FUSEBOX_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_BOUNDED_POOL_H_
