// call_meter.h: counts a breaker's calls by status code and by duration.
//
// A call costs three additions. Threads spread them over shards.

#ifndef FUSEBOX_REGISTRY_INTERNAL_CALL_METER_H_
#define FUSEBOX_REGISTRY_INTERNAL_CALL_METER_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/call_reading.h"

namespace fusebox::internal {

// Thread-safe.
class CallMeter {
 public:
  // Counts one call. REQUIRES: `code` is canonical, `duration` is at least 0.
  void Add(Outcome outcome, absl::StatusCode code, Duration duration) noexcept;

  CallReading Read() const noexcept;

 private:
  using Counter = std::atomic<uint64_t>;

  static constexpr size_t kShards = 4;
  static constexpr size_t kCacheLine = 64;

  struct alignas(kCacheLine) Shard {
    struct OfOutcome {
      std::array<Counter, CallReading::kCodes> calls{};
      std::array<Counter, CallReading::kBounds.size() + 1> buckets{};
      Counter nanoseconds{0};
    };
    std::array<OfOutcome, CallReading::kOutcomes> outcomes;
  };

  std::array<Shard, kShards> shards_;
};
static_assert(sizeof(CallMeter) < 4096, "what Registry::MeterCalls() says");

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_CALL_METER_H_
