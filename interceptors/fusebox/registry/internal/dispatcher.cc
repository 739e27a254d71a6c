#include "fusebox/registry/internal/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "fusebox/base/internal/elapsed.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

uint64_t Dispatcher::AddListener(EventListener listener, EventFilter filter) {
  std::shared_ptr<const Listeners> old;
  MutexLock lock(mu_);
  auto listeners = std::make_shared<Listeners>(*listeners_);
  listeners->push_back({++last_number_, std::move(listener), filter});
  old = Use(std::move(listeners));
  return last_number_;
}

void Dispatcher::RemoveListener(uint64_t number) {
  std::shared_ptr<const Listeners> old;
  {
    MutexLock lock(mu_);
    auto listeners = std::make_shared<Listeners>(*listeners_);
    listeners->erase(
        std::remove_if(listeners->begin(), listeners->end(),
                       [=](const Listener& l) { return l.number == number; }),
        listeners->end());
    old = Use(std::move(listeners));
  }
  thread_.Wait();
}

std::shared_ptr<const Dispatcher::Listeners> Dispatcher::Use(
    std::shared_ptr<const Listeners> listeners) {
  listeners_.swap(listeners);
  has_listeners_.store(!listeners_->empty(), std::memory_order_release);
  hears_calls_.store(std::any_of(listeners_->begin(), listeners_->end(),
                                 [](const Listener& l) {
                                   return l.filter == EventFilter::kAll;
                                 }),
                     std::memory_order_release);
  return listeners;
}

// If the system has no thread to give, events wait for the next flush.
void Dispatcher::Flush() noexcept {
  if (!has_listeners_.load(std::memory_order_acquire)) return;
  thread_.Start();
  thread_.Wake();
}

void Dispatcher::DeliverAll() {
  std::shared_ptr<const Listeners> listeners;
  {
    MutexLock lock(mu_);
    listeners = listeners_;
  }
  Event event;
  while (queue_.Pop(&event, &event.sequence)) {
    event.wall =
        clock_.WallNow() -
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            Elapsed(event.at, clock_.Now()));
    for (const Listener& to : *listeners) {
      if (to.filter == EventFilter::kWithoutCalls && IsOfCalls(event.type)) {
        continue;
      }
      if (!NoThrow([&] { to.listener(event); })) {
        listener_errors_.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
}

}  // namespace fusebox::internal
