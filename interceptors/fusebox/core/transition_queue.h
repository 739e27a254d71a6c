// transition_queue.h: the way of a transition from the breaker to a listener.
//
// A breaker hands each transition to its TransitionSink while it holds its
// lock, so that the order is the order in which they happened, and calls
// Flush() once it holds none. Listeners run in Flush() or later, never under a
// lock: they may call back into the breaker, be slow, or throw.
//
//   fusebox::InlineDelivery log([](const fusebox::Transition& t) {
//     std::cerr << t.breaker << ": " << t.from << " -> " << t.to << "\n";
//   });
//
// Why: a callback under the lock dead-locks as soon as it asks the breaker
// anything (sony/gobreaker issue 119).

#ifndef FUSEBOX_CORE_TRANSITION_QUEUE_H_
#define FUSEBOX_CORE_TRANSITION_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "fusebox/base/internal/bounded_queue.h"
#include "fusebox/core/transition.h"

namespace fusebox {

// Takes transitions down. Thread-safe; must outlive the breakers it serves.
class TransitionSink {
 public:
  virtual ~TransitionSink() = default;

  // Takes a transition. It is called under the breaker's lock, so it must be
  // quick and must not call the breaker. `context` is that of the verdict which
  // caused the transition (Verdict::context), and null where no verdict did.
  virtual void Push(const Transition& transition,
                    const void* context) noexcept = 0;

  // Called after one or more Push(), with no lock held.
  virtual void Flush() noexcept = 0;
};

// Delivers on the thread whose call made the transition: in order, by one
// thread at a time. A thread that finds another one delivering leaves its
// transitions to it, and so does a listener that calls back into the breaker.
class InlineDelivery final : public TransitionSink {
 public:
  static constexpr size_t kDefaultCapacity = 256;

  explicit InlineDelivery(TransitionListener listener,
                          size_t capacity = kDefaultCapacity)
      : queue_(capacity), listener_(std::move(listener)) {}

  void Push(const Transition& transition, const void*) noexcept override {
    queue_.Push(transition);
  }
  void Flush() noexcept override;

  // Transitions that never reached the listener.
  uint64_t dropped() const noexcept { return queue_.dropped(); }

  // Calls of the listener that ended in an exception.
  uint64_t listener_errors() const noexcept {
    return listener_errors_.load(std::memory_order_relaxed);
  }

 private:
  internal::BoundedQueue<Transition> queue_;
  const TransitionListener listener_;
  std::atomic<uint64_t> flushes_{
      0};  // not served yet; who lifts it off 0 drains
  std::atomic<uint64_t> listener_errors_{0};
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TRANSITION_QUEUE_H_
