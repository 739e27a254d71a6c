#include "fusebox/registry/internal/call_meter.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/thread_number.h"
#include "fusebox/core/types.h"

namespace fusebox::internal {

CallMeter::CallMeter(std::vector<Duration> bounds)
    : bounds_(std::move(bounds)),
      row_size_(RowSize(bounds_.size())),
      shard_size_(LinesOfShard(bounds_.size()) * kPerLine),
      lines_(std::make_unique<Line[]>(kShards * shard_size_ / kPerLine)) {}

void CallMeter::Add(Outcome outcome, absl::StatusCode code,
                    Duration duration) noexcept {
  const auto bucket = static_cast<size_t>(
      std::lower_bound(bounds_.begin(), bounds_.end(), duration) -
      bounds_.begin());
  const size_t row =
      RowOf(ThreadNumber() % kShards, static_cast<size_t>(outcome));
  const auto add = [&](size_t counter, uint64_t amount) {
    At(row + counter).fetch_add(amount, std::memory_order_relaxed);
  };
  add(kFirstCode + static_cast<size_t>(code), 1);
  add(kFirstBucket + bucket, 1);
  add(kNanoseconds, static_cast<uint64_t>(duration.count()));
}

CallReading CallMeter::Read() const {
  CallReading sum;
  for (size_t o = 0; o < CallReading::kOutcomes; ++o) {
    sum.durations[o].buckets.resize(bounds_.size() + 1);
  }
  for (size_t shard = 0; shard < kShards; ++shard) {
    for (size_t o = 0; o < CallReading::kOutcomes; ++o) {
      const size_t row = RowOf(shard, o);
      const auto get = [&](size_t counter) {
        return At(row + counter).load(std::memory_order_relaxed);
      };
      for (size_t c = 0; c < CallReading::kCodes; ++c) {
        sum.calls[o][c] += get(kFirstCode + c);
      }
      auto& durations = sum.durations[o];
      for (size_t b = 0; b < durations.buckets.size(); ++b) {
        durations.buckets[b] += get(kFirstBucket + b);
      }
      durations.sum += Duration(get(kNanoseconds));
    }
  }
  return sum;
}

}  // namespace fusebox::internal
