#include "fusebox/registry/dispatcher.h"

#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "fusebox/core/mutex.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/transition_queue.h"

namespace fusebox {

Dispatcher::~Dispatcher() {
  std::thread thread;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_.notify_all();
  if (thread.joinable()) thread.join();
}

void Dispatcher::AddListener(TransitionListener listener) {
  MutexLock lock(mu_);
  auto listeners =
      std::make_shared<std::vector<TransitionListener>>(*listeners_);
  listeners->push_back(std::move(listener));
  listeners_ = std::move(listeners);
  has_listeners_.store(true, std::memory_order_release);
}

void Dispatcher::Push(const Transition& transition) noexcept {
  if (has_listeners_.load(std::memory_order_acquire)) queue_.Push(transition);
}

void Dispatcher::Flush() noexcept {
  if (!has_listeners_.load(std::memory_order_acquire)) return;
  {
    MutexLock lock(mu_);
    ++asked_;
    if (!thread_.joinable() && !stopping_) StartThread();
  }
  changed_.notify_all();
}

void Dispatcher::WaitUntilIdle() {
  MutexLock lock(mu_);
  if (thread_.get_id() == std::this_thread::get_id()) return;
  const uint64_t asked = asked_;
  while (served_ < asked && thread_.joinable()) changed_.wait(mu_);
}

// Where the system has no thread to give, the queue waits for the next flush.
void Dispatcher::StartThread() noexcept {
#ifdef __cpp_exceptions
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
  }
#else
  thread_ = std::thread([this] { Run(); });
#endif
}

void Dispatcher::Run() {
  for (;;) {
    std::shared_ptr<const std::vector<TransitionListener>> listeners;
    uint64_t asked;
    {
      MutexLock lock(mu_);
      while (asked_ == served_ && !stopping_) changed_.wait(mu_);
      if (asked_ == served_) return;
      asked = asked_;
      listeners = listeners_;
    }
    DeliverAll(*listeners);
    {
      MutexLock lock(mu_);
      served_ = asked;
    }
    changed_.notify_all();
  }
}

void Dispatcher::DeliverAll(const std::vector<TransitionListener>& listeners) {
  Transition transition;
  while (queue_.Pop(&transition)) {
    for (const TransitionListener& listener : listeners) {
      if (!Deliver(listener, transition)) {
        listener_errors_.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
}

}  // namespace fusebox
