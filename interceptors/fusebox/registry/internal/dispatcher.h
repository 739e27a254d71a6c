// dispatcher.h: runs listeners on a thread of their own, away from RPCs.
//
// Each registry has one. Its thread starts with the first event that a listener
// is to hear, or with the first listener that has a look. Events of all
// breakers pass through one bounded queue. Those of one breaker arrive in the
// order in which they happened.

#ifndef FUSEBOX_REGISTRY_INTERNAL_DISPATCHER_H_
#define FUSEBOX_REGISTRY_INTERNAL_DISPATCHER_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/internal/bounded_queue.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// Something that samples events: it has counted some that it has not told.
class FUSEBOX_EXPORT Debtor {
 public:
  // Pushes events that tell what it has counted, if their time has come at
  // `now`. With `all`, their time has come. Returns whether it still owes some.
  virtual bool TellRest(TimePoint now, bool all) noexcept = 0;

 protected:
  ~Debtor() = default;
};

// Thread-safe.
class FUSEBOX_EXPORT Dispatcher {
 public:
  static constexpr size_t kQueueCapacity = 1024;

  // How long after a look at its debtors and listeners the thread looks again,
  // as long as one of them waits for time to pass.
  static constexpr Duration kLookPeriod = std::chrono::milliseconds(100);

  // How often it looks at least, as long as a listener has a look.
  static constexpr Duration kIdleLookPeriod = std::chrono::seconds(10);

  // `clock` is the one that events are timed by. It must outlive the
  // dispatcher.
  explicit Dispatcher(const Clock& clock = PreciseClock())
      : clock_(clock), queue_(kQueueCapacity) {}

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Calls `listener` for each event from now on that `filter` lets through, one
  // call at a time, and `look`, unless it is empty, as event.h says. Returns a
  // number to remove the listener by.
  uint64_t AddListener(EventListener listener,
                       EventFilter filter = EventFilter::kAll,
                       ListenerLook look = nullptr) FUSEBOX_EXCLUDES(mu_);

  // Removes the listener, which is not called again after it has heard what
  // debtors owe. Blocks until a running call of it returns, unless it is called
  // from that listener. Ignores unknown numbers.
  void RemoveListener(uint64_t number) FUSEBOX_EXCLUDES(mu_);

  // Queues an event, unless nobody listens. Sets its `sequence` and `wall`.
  // Flush() must follow, with no lock held.
  void Push(Event event) noexcept {
    if (has_listeners_.load(std::memory_order_acquire)) {
      queue_.Push(std::move(event));
    }
  }

  // The same for events of single calls, of which there may be many. Returns
  // false, and does not queue the event, if it would crowd out transitions.
  bool PushCallEvent(Event event) noexcept {
    return !hears_calls() || queue_.PushIfHalfEmpty(std::move(event));
  }

  // Asks the debtor within kLookPeriod, and until it owes nothing. Flush() must
  // follow, with no lock held. Call Forget() before the debtor is destroyed.
  void Owe(Debtor* debtor) noexcept FUSEBOX_EXCLUDES(debts_mu_);
  void Forget(Debtor* debtor) noexcept FUSEBOX_EXCLUDES(debts_mu_);

  // Makes the thread deliver what is queued.
  void Flush() noexcept;

  bool has_listeners() const noexcept {
    return has_listeners_.load(std::memory_order_acquire);
  }

  // Returns whether some listener hears events of single calls.
  bool hears_calls() const noexcept {
    return hears_calls_.load(std::memory_order_acquire);
  }

  // Blocks until the listeners have heard all events that were flushed before
  // this call. Returns at once on the dispatcher's own thread.
  void WaitUntilIdle() { thread_.Wait(); }

  // Delivers what is queued and what debtors owe, then ends the thread: nothing
  // is delivered afterwards. Must not run on that thread.
  void Stop();

  // Returns how many events were dropped before anybody heard them.
  uint64_t dropped() const noexcept { return queue_.dropped(); }

  // Returns how many calls of listeners ended in an exception.
  uint64_t listener_errors() const noexcept {
    return listener_errors_.load(std::memory_order_relaxed);
  }

 private:
  // What one listener heard. Used by the thread alone.
  struct Heard {
    uint64_t last;  // the number of the last event
    uint64_t missed = 0;
  };
  struct Listener {
    uint64_t number;
    EventListener listener;
    EventFilter filter;
    ListenerLook look;
    std::shared_ptr<Heard> heard;
  };
  using Listeners = std::vector<Listener>;

  // Puts a changed copy into force, and returns what was in force before: the
  // caller destroys it, and with it listeners, after it has left the lock.
  std::shared_ptr<const Listeners> Use(
      std::shared_ptr<const Listeners> listeners) FUSEBOX_REQUIRES(mu_);

  std::optional<Duration> TakeTurn() FUSEBOX_EXCLUDES(mu_);
  void Deliver(const Event& event, const Listener& to, TimePoint now);
  // Calls the listener's look. Returns whether it waits for time to pass.
  bool Look(const Listener& at, TimePoint now);
  // Returns whether some debtor still owes something. Reads the clock if there
  // is no `now` and a debtor must be asked.
  bool TellRests(bool all, std::optional<TimePoint> now = std::nullopt)
      FUSEBOX_EXCLUDES(debts_mu_);

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

  // Held while a debtor is asked, so that Forget() waits for that.
  Mutex debts_mu_;
  std::vector<Debtor*> debtors_ FUSEBOX_GUARDED_BY(debts_mu_);

  BackgroundThread thread_{[this] { return TakeTurn(); }};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_DISPATCHER_H_
