// dispatcher.h: runs listeners on a thread of their own, away from RPCs.
//
// Each registry has one. Its thread starts with the first event that a listener
// is to hear. Events of all breakers pass through one bounded queue. Those of
// one breaker arrive in the order in which they happened.

#ifndef FUSEBOX_REGISTRY_INTERNAL_DISPATCHER_H_
#define FUSEBOX_REGISTRY_INTERNAL_DISPATCHER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/internal/bounded_queue.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// Thread-safe.
class Dispatcher {
 public:
  static constexpr size_t kQueueCapacity = 1024;

  // `clock` is the one that events are timed by. It must outlive the
  // dispatcher.
  explicit Dispatcher(const Clock& clock = PreciseClock())
      : clock_(clock), queue_(kQueueCapacity) {}

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Calls `listener` for each event from now on that `filter` lets through, one
  // call at a time. Returns a number to remove the listener by.
  uint64_t AddListener(EventListener listener,
                       EventFilter filter = EventFilter::kAll)
      FUSEBOX_EXCLUDES(mu_);

  // Removes the listener, which is not called again. Blocks until a running
  // call of it returns, unless it is called from that listener. Ignores unknown
  // numbers.
  void RemoveListener(uint64_t number) FUSEBOX_EXCLUDES(mu_);

  // Queues an event, unless nobody listens. Sets its `sequence` and `wall`.
  // Flush() must follow, with no lock held.
  void Push(Event event) noexcept {
    if (has_listeners_.load(std::memory_order_acquire)) {
      queue_.Push(std::move(event));
    }
  }

  // The same for events of single calls, of which there may be many. Drops and
  // counts the event if it would crowd out transitions.
  void PushCallEvent(Event event) noexcept {
    if (hears_calls()) queue_.PushIfHalfEmpty(std::move(event));
  }

  // Makes the thread deliver what is queued.
  void Flush() noexcept;

  // Returns whether some listener hears events of single calls.
  bool hears_calls() const noexcept {
    return hears_calls_.load(std::memory_order_acquire);
  }

  // Blocks until the listeners have heard all events that were flushed before
  // this call. Returns at once on the dispatcher's own thread.
  void WaitUntilIdle() { thread_.Wait(); }

  // Delivers what is queued, then ends the thread: nothing is delivered
  // afterwards. Must not run on that thread. The destructor calls it, too.
  void Stop() { thread_.Stop(); }

  // Returns how many events were dropped before anybody heard them.
  uint64_t dropped() const noexcept { return queue_.dropped(); }

  // Returns how many calls of listeners ended in an exception.
  uint64_t listener_errors() const noexcept {
    return listener_errors_.load(std::memory_order_relaxed);
  }

 private:
  struct Listener {
    uint64_t number;
    EventListener listener;
    EventFilter filter;
  };
  using Listeners = std::vector<Listener>;

  // Puts a changed copy into force, and returns what was in force before: the
  // caller destroys it, and with it listeners, after it has left the lock.
  std::shared_ptr<const Listeners> Use(
      std::shared_ptr<const Listeners> listeners) FUSEBOX_REQUIRES(mu_);
  void DeliverAll() FUSEBOX_EXCLUDES(mu_);

  const Clock& clock_;
  BoundedQueue<Event> queue_;
  std::atomic<bool> has_listeners_{false};
  std::atomic<bool> hears_calls_{false};
  std::atomic<uint64_t> listener_errors_{0};

  mutable Mutex mu_;
  // Replaced as a whole, so that the thread can use it outside the lock.
  std::shared_ptr<const Listeners> listeners_ FUSEBOX_GUARDED_BY(mu_) =
      std::make_shared<const Listeners>();
  uint64_t last_number_ FUSEBOX_GUARDED_BY(mu_) = 0;

  BackgroundThread thread_{[this] {
    DeliverAll();
    return std::nullopt;
  }};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_DISPATCHER_H_
