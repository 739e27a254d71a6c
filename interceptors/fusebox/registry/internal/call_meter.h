// call_meter.h: counts a breaker's calls by status code and by duration.
//
// A call costs three additions. Threads spread them over shards.

#ifndef FUSEBOX_REGISTRY_INTERNAL_CALL_METER_H_
#define FUSEBOX_REGISTRY_INTERNAL_CALL_METER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/call_reading.h"

namespace fusebox::internal {

// Thread-safe.
class FUSEBOX_EXPORT CallMeter {
 public:
  // `bounds` are those of Registry::Options.
  explicit CallMeter(std::vector<Duration> bounds);

  // Counts one call. REQUIRES: `code` is canonical, `duration` is at least 0.
  void Add(Outcome outcome, absl::StatusCode code, Duration duration) noexcept;

  CallReading Read() const;

  // Returns the size of the counters.
  static constexpr size_t Bytes(size_t bounds) {
    return kShards * LinesOfShard(bounds) * sizeof(Line);
  }

 private:
  using Counter = std::atomic<uint64_t>;

  static constexpr size_t kShards = 4;
  static constexpr size_t kCacheLine = 64;
  static constexpr size_t kPerLine = kCacheLine / sizeof(Counter);

  struct alignas(kCacheLine) Line {
    std::array<Counter, kPerLine> counters{};
  };

  // The counters of one outcome in one shard: the sum of durations, then the
  // calls by code, then the buckets.
  static constexpr size_t kNanoseconds = 0;
  static constexpr size_t kFirstCode = kNanoseconds + 1;
  static constexpr size_t kFirstBucket = kFirstCode + CallReading::kCodes;

  // Return how many counters an outcome has, and how many lines a shard.
  static constexpr size_t RowSize(size_t bounds) {
    return kFirstBucket + bounds + 1;
  }
  static constexpr size_t LinesOfShard(size_t bounds) {
    return (CallReading::kOutcomes * RowSize(bounds) + kPerLine - 1) / kPerLine;
  }

  // Returns the place of an outcome's first counter, for At().
  size_t RowOf(size_t shard, size_t outcome) const noexcept {
    return shard * shard_size_ + outcome * row_size_;
  }
  Counter& At(size_t place) const noexcept {
    return lines_[place / kPerLine].counters[place % kPerLine];
  }

  const std::vector<Duration> bounds_;
  const size_t row_size_;    // in counters
  const size_t shard_size_;  // in counters
  const std::unique_ptr<Line[]> lines_;
};
static_assert(CallMeter::Bytes(kDefaultDurationBounds.size()) < 4096,
              "what Registry::MeterCalls() says");

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_CALL_METER_H_
