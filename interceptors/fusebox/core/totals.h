// totals.h: what a breaker has seen since it was made.
//
// Counters that only grow. What a healthy or a rejected call adds to is spread
// over shards, cache lines of their own, so that threads do not fight over one.
// A call costs two additions: one when it is admitted, and one when it ends if
// its verdict comes with its end.

#ifndef FUSEBOX_CORE_TOTALS_H_
#define FUSEBOX_CORE_TOTALS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusebox/core/thread_number.h"
#include "fusebox/core/types.h"

namespace fusebox {

// A reading of the totals. Each number is exact when no call is under way;
// while calls are, the numbers may be a few calls apart from one another.
struct TotalsReading {
  // Calls that passed. `ended` of them gave their slot back; the rest is in
  // flight. At rest: admitted == ended == successes + failures + ignored.
  uint64_t admitted = 0;
  uint64_t ended = 0;

  // Verdicts. `ignored` includes the `abandoned`: calls that ended without one.
  uint64_t successes = 0;
  uint64_t failures = 0;
  uint64_t ignored = 0;
  uint64_t abandoned = 0;

  // Of the ignored too: calls that ended as cancelled, by their own application
  // and by anybody else (the server, an outer call).
  uint64_t own_cancels = 0;
  uint64_t other_cancels = 0;

  // Calls that broke after their verdict, a success, was given: streams whose
  // first message had come. No verdicts of their own.
  uint64_t broken_streams = 0;

  // Calls that a fallback answered in the backend's place (counted as rejected
  // or failed too). No outcomes.
  uint64_t fallbacks = 0;

  // Verdicts that came after their generation was over (counted above too).
  uint64_t late = 0;

  // Rejections, by reason.
  std::array<uint64_t, kRejectionReasonCount> rejected{};

  // Calls that DRY_RUN let pass and ENFORCE would have rejected, by reason
  // (counted as admitted too).
  std::array<uint64_t, kRejectionReasonCount> not_enforced{};

  // Probes that are over, by verdict (counted above too).
  std::array<uint64_t, 3> probes{};

  // Changes by where from, where to and why; see Transition.
  using ByReason = std::array<uint64_t, kTransitionReasonCount>;
  std::array<std::array<ByReason, kStateCount>, kStateCount> transitions{};

  uint64_t in_flight() const { return admitted > ended ? admitted - ended : 0; }
  uint64_t rejected_in_all() const;
};

// Thread-safe.
class Totals {
 public:
  void Admitted() noexcept { Add(Mine().admitted); }
  void Ended() noexcept { Add(Mine().ended); }
  void Settled(Outcome outcome) noexcept {
    Add(Mine().settled[static_cast<size_t>(outcome)]);
  }
  // Both at once.
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

}  // namespace fusebox

#endif  // FUSEBOX_CORE_TOTALS_H_
