#include "fusebox/registry/internal/call_meter.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/thread_number.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

void CallMeter::Add(Outcome outcome, absl::StatusCode code,
                    Duration duration) noexcept {
  const auto& bounds = CallReading::kBounds;
  const size_t bucket = static_cast<size_t>(
      std::lower_bound(bounds.begin(), bounds.end(), duration) -
      bounds.begin());
  auto& mine =
      shards_[ThreadNumber() % kShards].outcomes[static_cast<size_t>(outcome)];
  const auto add = [](Counter& counter, uint64_t amount) {
    counter.fetch_add(amount, std::memory_order_relaxed);
  };
  add(mine.calls[static_cast<size_t>(code)], 1);
  add(mine.buckets[bucket], 1);
  add(mine.nanoseconds, static_cast<uint64_t>(duration.count()));
}

CallReading CallMeter::Read() const noexcept {
  const auto get = [](const Counter& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  CallReading sum;
  for (const Shard& shard : shards_) {
    for (size_t o = 0; o < CallReading::kOutcomes; ++o) {
      const auto& from = shard.outcomes[o];
      for (size_t c = 0; c < CallReading::kCodes; ++c) {
        sum.calls[o][c] += get(from.calls[c]);
      }
      auto& durations = sum.durations[o];
      for (size_t b = 0; b < durations.buckets.size(); ++b) {
        durations.buckets[b] += get(from.buckets[b]);
      }
      durations.sum += Duration(get(from.nanoseconds));
    }
  }
  return sum;
}

}  // namespace fusebox::internal
