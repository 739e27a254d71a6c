// totals.h: counts everything that a breaker sees from its making on.
//
// The counters only grow. Those that a healthy or a rejected call adds to are
// spread over shards, each on cache lines of its own, so that threads do not
// contend. A call costs two additions: one when it is admitted, and one when it
// ends, if its verdict comes with its end.

#ifndef FUSEBOX_CORE_INTERNAL_TOTALS_H_
#define FUSEBOX_CORE_INTERNAL_TOTALS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusebox/base/internal/thread_number.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/core/transition.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

// Thread-safe.
class Totals {
 public:
  void Admitted() noexcept { Add(Mine().admitted); }
  void Ended() noexcept { Add(Mine().ended); }
  void Settled(Outcome outcome) noexcept {
    Add(Mine().settled[static_cast<size_t>(outcome)]);
  }
  // Settled() and Ended() at once.
  void Finished(Outcome outcome) noexcept {
    Add(Mine().finished[static_cast<size_t>(outcome)]);
  }
  void Abandoned() noexcept { Add(abandoned_); }
  void Cancelled(bool own) noexcept {
    Add(own ? own_cancels_ : other_cancels_);
  }
  void BrokenStream() noexcept { Add(broken_streams_); }
  void Fallback() noexcept { Add(fallbacks_); }
  void Late() noexcept { Add(late_); }
  void Rejected(RejectionReason reason) noexcept {
    Add(Mine().rejected[static_cast<size_t>(reason)]);
  }
  void NotEnforced(RejectionReason reason) noexcept {
    Add(not_enforced_[static_cast<size_t>(reason)]);
  }

  void ProbeEnded(Outcome outcome) noexcept {
    Add(probes_[static_cast<size_t>(outcome)]);
  }
  void Changed(State from, State to, TransitionReason reason) noexcept {
    Add(transitions_[static_cast<size_t>(from)][static_cast<size_t>(to)]
                    [static_cast<size_t>(reason)]);
  }

  TotalsReading Read() const noexcept;

  // Returns an outage with the calls so far, counted as Outage counts them.
  Outage ReadCalls() const noexcept;

 private:
  using Counter = std::atomic<uint64_t>;

  static constexpr size_t kShards = 8;
  static constexpr size_t kCacheLine = 64;

  struct alignas(kCacheLine) Shard {
    Counter admitted{0};
    std::array<Counter, 3> finished{};
    Counter ended{0};
    std::array<Counter, 3> settled{};
    std::array<Counter, kRejectionReasonCount> rejected{};
  };

  static void Add(Counter& counter) noexcept {
    counter.fetch_add(1, std::memory_order_relaxed);
  }
  Shard& Mine() noexcept { return shards_[ThreadNumber() % kShards]; }

  std::array<Shard, kShards> shards_{};
  Counter abandoned_{0};
  Counter own_cancels_{0};
  Counter other_cancels_{0};
  Counter broken_streams_{0};
  Counter fallbacks_{0};
  Counter late_{0};
  std::array<Counter, kRejectionReasonCount> not_enforced_{};
  std::array<Counter, 3> probes_{};
  using ByReason = std::array<Counter, kTransitionReasonCount>;
  std::array<std::array<ByReason, kStateCount>, kStateCount> transitions_{};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_CORE_INTERNAL_TOTALS_H_
