#include "fusebox/core/internal/totals.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fusebox/core/transition.h"

namespace fusebox::internal {

TotalsReading Totals::Read() const noexcept {
  const auto get = [](const Counter& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  TotalsReading sum;
  for (const Shard& shard : shards_) {
    sum.admitted += get(shard.admitted);
    const auto count = [&](Outcome outcome, uint64_t* verdicts) {
      const uint64_t finished =
          get(shard.finished[static_cast<size_t>(outcome)]);
      sum.ended += finished;
      *verdicts += finished + get(shard.settled[static_cast<size_t>(outcome)]);
    };
    sum.ended += get(shard.ended);
    count(Outcome::kSuccess, &sum.successes);
    count(Outcome::kFailure, &sum.failures);
    count(Outcome::kIgnored, &sum.ignored);
    for (size_t i = 0; i < shard.rejected.size(); ++i) {
      sum.rejected[i] += get(shard.rejected[i]);
    }
  }
  sum.abandoned = get(abandoned_);
  sum.own_cancels = get(own_cancels_);
  sum.other_cancels = get(other_cancels_);
  sum.broken_streams = get(broken_streams_);
  sum.fallbacks = get(fallbacks_);
  sum.late = get(late_);
  for (size_t i = 0; i < not_enforced_.size(); ++i) {
    sum.not_enforced[i] = get(not_enforced_[i]);
  }
  for (size_t i = 0; i < probes_.size(); ++i) sum.probes[i] = get(probes_[i]);
  for (size_t from = 0; from < kStateCount; ++from) {
    for (size_t to = 0; to < kStateCount; ++to) {
      for (size_t why = 0; why < kTransitionReasonCount; ++why) {
        sum.transitions[from][to][why] = get(transitions_[from][to][why]);
      }
    }
  }
  return sum;
}

Outage Totals::ReadCalls() const noexcept {
  Outage calls;
  for (const Shard& shard : shards_) {
    for (const Counter& counter : shard.rejected) {
      calls.rejected += counter.load(std::memory_order_relaxed);
    }
  }
  for (const Counter& counter : not_enforced_) {
    calls.not_enforced += counter.load(std::memory_order_relaxed);
  }
  calls.fallbacks = fallbacks_.load(std::memory_order_relaxed);
  return calls;
}

}  // namespace fusebox::internal
