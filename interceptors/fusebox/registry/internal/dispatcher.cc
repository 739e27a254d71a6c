#include "fusebox/registry/internal/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/internal/worker.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {
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

uint64_t Dispatcher::AddListener(EventListener listener, bool hears_calls) {
  MutexLock lock(mu_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  listeners->push_back({++last_number_, std::move(listener), hears_calls});
  Use(std::move(listeners));
  return last_number_;
}

void Dispatcher::RemoveListener(uint64_t number) {
  MutexLock lock(mu_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  listeners->erase(
      std::remove_if(listeners->begin(), listeners->end(),
                     [=](const Listener& l) { return l.number == number; }),
      listeners->end());
  Use(std::move(listeners));
  if (thread_.get_id() == std::this_thread::get_id()) return;
  while (delivering_) changed_.wait(mu_);
}

void Dispatcher::Use(std::shared_ptr<const Listeners> listeners) {
  listeners_ = std::move(listeners);
  has_listeners_.store(!listeners_->empty(), std::memory_order_release);
  hears_calls_.store(
      std::any_of(listeners_->begin(), listeners_->end(),
                  [](const Listener& l) { return l.hears_calls; }),
      std::memory_order_release);
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
  internal::StartThread([this] { Run(); }, &thread_);
}

void Dispatcher::Run() {
  for (;;) {
    std::shared_ptr<const Listeners> listeners;
    uint64_t asked;
    {
      MutexLock lock(mu_);
      while (asked_ == served_ && !stopping_) changed_.wait(mu_);
      if (asked_ == served_) return;
      asked = asked_;
      listeners = listeners_;
      delivering_ = true;
    }
    DeliverAll(*listeners);
    {
      MutexLock lock(mu_);
      served_ = asked;
      delivering_ = false;
    }
    changed_.notify_all();
  }
}

void Dispatcher::DeliverAll(const Listeners& listeners) {
  Event event;
  while (queue_.Pop(&event, &event.sequence)) {
    event.wall =
        std::chrono::system_clock::now() -
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            Elapsed(event.at, clock_.Now()));
    for (const Listener& to : listeners) {
      if (!to.hears_calls && IsOfCalls(event.type)) continue;
      if (!NoThrow([&] { to.listener(event); })) {
        listener_errors_.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
}

}  // namespace fusebox::internal
