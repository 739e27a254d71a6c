// transition.h: describes one change of a breaker, and delivers it.
//
//   fusebox::InlineDelivery log([](const fusebox::Transition& t) {
//     std::cerr << t.breaker << ": " << t.from << " -> " << t.to << " ("
//               << t.cause.reason << ")\n";
//   });
//   fusebox::Breaker::Options options;
//   options.sink = &log;
//   auto breaker = fusebox::Breaker::Create("inventory-db", settings, options);
//
// A breaker pushes each transition to its TransitionSink while it holds its
// lock, so that transitions are queued in the order in which they happened. It
// calls Flush() after it has released the lock. Listeners run in Flush() or
// later, never under a lock, so they may call the breaker, be slow, or throw. A
// listener under the lock would deadlock as soon as it asked the breaker
// anything (sony/gobreaker issue 119).

#ifndef FUSEBOX_CORE_TRANSITION_H_
#define FUSEBOX_CORE_TRANSITION_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/bounded_queue.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"

namespace fusebox {

// Why the state changed, with the numbers that decided it.
struct Cause {
  TransitionReason reason = TransitionReason::kOperator;

  // kConsecutiveFailures: the consecutive failures. kFailureScore: the score.
  // kFailureRate: the failures in the window. kProbeFailed: 1. Otherwise 0.
  uint32_t failures = 0;

  // How long the call took whose verdict opened the circuit: short if the
  // backend is gone, a whole deadline if it hangs. Otherwise 0.
  Duration last_duration{0};

  // kFailureRate and kSlowCallRate: the calls in the window. kSlowCallRate: the
  // slow calls among them. kProbeSlow: 1 slow call. Otherwise 0.
  uint32_t calls = 0;
  uint32_t slow_calls = 0;
};

// The time from a circuit's first opening until it is CLOSED again. Failed
// probes, and the openings that follow them, belong to the same outage.
struct Outage {
  // When the circuit left CLOSED, and what opened it.
  TimePoint since{};
  Cause cause;

  // How often it has opened since then, the first time included.
  uint32_t openings = 0;

  // The calls since then: those that were rejected, those that passed only
  // because of DRY_RUN, and those that a fallback answered. Zeros if the
  // breaker keeps no totals. Calls that end at the same moment as the outage
  // may be missing.
  uint64_t rejected = 0;
  uint64_t not_enforced = 0;
  uint64_t fallbacks = 0;
};

// One change of one breaker. A change of mode, or a reset of a closed circuit,
// has `from == to` and the reason OPERATOR.
struct Transition {
  // The breaker's name.
  std::string breaker;

  State from = State::kClosed;
  State to = State::kClosed;
  Cause cause;

  // The mode in force after the change.
  Mode mode = Mode::kEnforce;

  // The generation after the change. Each change of state and each reset adds
  // one, so a gap shows that transitions in between were dropped.
  uint64_t generation = 0;

  // When it happened, on the breaker's clock.
  TimePoint at{};

  // If `to` is OPEN: how long the opening lasts, and its position in the run of
  // consecutive openings (1 = first). Otherwise 0.
  Duration open_duration{0};
  uint32_t openings = 0;

  // The outage that the change belongs to: the one that it begins, continues or
  // ends. Absent if the circuit was CLOSED and stays so.
  std::optional<Outage> outage;
};

// What an operator did to a breaker, and who it was.
struct OperatorAct {
  enum class Kind : uint8_t {
    kSet,      // set a mode
    kRenewed,  // set the mode again that the operator's mode was already
    kCleared,  // removed the mode
    kExpired,  // the time of the mode was over, so it was removed
    kReset,    // reset the breaker
  };
  Kind kind = Kind::kSet;

  // Who did it; for kExpired, who had set the mode. Empty if nobody knows.
  std::string author;

  // kSet, kRenewed, kExpired: how long the mode lasts or has lasted. Absent if
  // it has no end.
  std::optional<Duration> limit;
};
inline constexpr int kOperatorActKinds = 5;

// Returns "SET", "RENEWED", and so on.
FUSEBOX_EXPORT std::string_view Name(OperatorAct::Kind kind);

using TransitionListener = std::function<void(const Transition&)>;

// Receives transitions. Implementations must be thread-safe. A sink must
// outlive its breakers.
class FUSEBOX_EXPORT TransitionSink {
 public:
  virtual ~TransitionSink() = default;

  // Receives a transition. Called under the breaker's lock, so it must be quick
  // and must not call the breaker. `context` is the Verdict::context of the
  // verdict that caused the transition. If its cause is OPERATOR, `context` is
  // the OperatorAct. It is null if there is neither.
  virtual void Push(const Transition& transition,
                    const void* context) noexcept = 0;

  // Called after one or more Push(), with no lock held.
  virtual void Flush() noexcept = 0;
};

// Calls a listener on the thread whose call caused the transition, in order and
// on one thread at a time. If another thread is delivering already, that thread
// delivers this transition, too; so does a listener that calls the breaker. If
// the listener falls behind by more than `capacity`, the oldest transitions are
// dropped. Thread-safe.
class FUSEBOX_EXPORT InlineDelivery final : public TransitionSink {
 public:
  static constexpr size_t kDefaultCapacity = 256;

  explicit InlineDelivery(TransitionListener listener,
                          size_t capacity = kDefaultCapacity)
      : queue_(capacity), listener_(std::move(listener)) {}

  void Push(const Transition& transition, const void*) noexcept override {
    queue_.Push(transition);
  }
  void Flush() noexcept override;

  // Returns how many transitions were dropped.
  uint64_t dropped() const noexcept { return queue_.dropped(); }

  // Returns how many calls of the listener ended in an exception.
  uint64_t listener_errors() const noexcept {
    return listener_errors_.load(std::memory_order_relaxed);
  }

 private:
  internal::BoundedQueue<Transition> queue_;
  const TransitionListener listener_;
  std::atomic<uint64_t> flushes_{
      0};  // not served yet; the thread that raises it from 0 delivers
  std::atomic<uint64_t> listener_errors_{0};
};

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TRANSITION_H_
