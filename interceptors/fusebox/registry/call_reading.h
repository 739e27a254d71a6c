// call_reading.h: how the calls of a breaker ended, and how long they took.

#ifndef FUSEBOX_REGISTRY_CALL_READING_H_
#define FUSEBOX_REGISTRY_CALL_READING_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {

// The inclusive upper bounds of the buckets of durations, unless
// Registry::Options says otherwise. They are those of Prometheus's clients, and
// one for calls within a data center.
inline constexpr std::array<Duration, 12> kDefaultDurationBounds = {
    std::chrono::milliseconds(1),   std::chrono::milliseconds(5),
    std::chrono::milliseconds(10),  std::chrono::milliseconds(25),
    std::chrono::milliseconds(50),  std::chrono::milliseconds(100),
    std::chrono::milliseconds(250), std::chrono::milliseconds(500),
    std::chrono::seconds(1),        std::chrono::milliseconds(2500),
    std::chrono::seconds(5),        std::chrono::seconds(10)};

// Counts calls that passed and ended with a status. The numbers are exact while
// no call is under way.
struct CallReading {
  static constexpr size_t kOutcomes = kOutcomeCount;
  static constexpr size_t kCodes = 17;  // the canonical status codes

  struct Durations {
    // One bucket for each of Registry::duration_bounds(), and one more for the
    // calls that take longer.
    std::vector<uint64_t> buckets;
    Duration sum{0};
  };

  // By the verdict that the breaker was given, and by final status code.
  std::array<std::array<uint64_t, kCodes>, kOutcomes> calls{};

  // By the verdict: the time from the start of a call to its status.
  std::array<Durations, kOutcomes> durations{};
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_CALL_READING_H_
