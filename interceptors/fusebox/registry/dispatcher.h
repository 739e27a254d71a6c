// dispatcher.h: the thread that runs listeners, so that none harms an RPC.
//
// One thread a registry, started when the first transition has somebody to
// hear it. Transitions of all breakers go through one bounded queue; those of
// one breaker arrive in the order in which they happened.

#ifndef FUSEBOX_REGISTRY_DISPATCHER_H_
#define FUSEBOX_REGISTRY_DISPATCHER_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "fusebox/core/mutex.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/transition_queue.h"

namespace fusebox {

// Thread-safe.
class Dispatcher final : public TransitionSink {
 public:
  static constexpr size_t kQueueCapacity = 1024;

  Dispatcher() : queue_(kQueueCapacity) {}

  // Delivers what is queued, then ends the thread. Must not run on that thread.
  ~Dispatcher() override;

  // Called for each transition from now on, one call at a time.
  void AddListener(TransitionListener listener) FUSEBOX_EXCLUDES(mu_);

  void Push(const Transition& transition) noexcept override;
  void Flush() noexcept override FUSEBOX_EXCLUDES(mu_);

  // Waits until the listeners have heard all transitions that were pushed
  // before this call. Returns at once on the dispatcher's own thread.
  void WaitUntilIdle() FUSEBOX_EXCLUDES(mu_);

  // Transitions that made room for newer ones before anybody heard them.
  uint64_t dropped() const noexcept { return queue_.dropped(); }

  // Calls of listeners that ended in an exception.
  uint64_t listener_errors() const noexcept {
    return listener_errors_.load(std::memory_order_relaxed);
  }

 private:
  void StartThread() noexcept FUSEBOX_REQUIRES(mu_);
  void Run() FUSEBOX_EXCLUDES(mu_);
  void DeliverAll(const std::vector<TransitionListener>& listeners);

  TransitionQueue queue_;
  std::atomic<bool> has_listeners_{false};
  std::atomic<uint64_t> listener_errors_{0};

  mutable Mutex mu_;
  std::condition_variable_any changed_;
  // Replaced as a whole, so that the thread can use it outside the lock.
  std::shared_ptr<const std::vector<TransitionListener>> listeners_
      FUSEBOX_GUARDED_BY(mu_) =
          std::make_shared<const std::vector<TransitionListener>>();
  uint64_t asked_ FUSEBOX_GUARDED_BY(mu_) = 0;   // flushes so far
  uint64_t served_ FUSEBOX_GUARDED_BY(mu_) = 0;  // of them
  bool stopping_ FUSEBOX_GUARDED_BY(mu_) = false;
  std::thread thread_ FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_DISPATCHER_H_
