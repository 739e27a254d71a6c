#include "fusebox/core/totals.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace fusebox {

uint64_t TotalsReading::rejected_in_all() const {
  uint64_t sum = 0;
  for (const uint64_t count : rejected) sum += count;
  return sum;
}

size_t Totals::ThreadNumber() noexcept {
  static std::atomic<size_t> next{0};
  thread_local const size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

TotalsReading Totals::Read() const noexcept {
  const auto get = [](const Counter& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  TotalsReading sum;
  for (const Shard& shard : shards_) {
    sum.admitted += get(shard.admitted);
    sum.ended += get(shard.ended);
    sum.successes +=
        get(shard.verdicts[static_cast<size_t>(Outcome::kSuccess)]);
    sum.failures += get(shard.verdicts[static_cast<size_t>(Outcome::kFailure)]);
    sum.ignored += get(shard.verdicts[static_cast<size_t>(Outcome::kIgnored)]);
    for (size_t i = 0; i < shard.rejected.size(); ++i) {
      sum.rejected[i] += get(shard.rejected[i]);
    }
  }
  sum.abandoned = get(abandoned_);
  sum.broken_streams = get(broken_streams_);
  sum.late = get(late_);
  for (size_t i = 0; i < not_enforced_.size(); ++i) {
    sum.not_enforced[i] = get(not_enforced_[i]);
  }
  return sum;
}

}  // namespace fusebox
