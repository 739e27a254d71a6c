// rate_series.h: counts the calls of a breaker in slots of time.

#ifndef FUSEBOX_TOOLS_DASHBOARD_RATE_SERIES_H_
#define FUSEBOX_TOOLS_DASHBOARD_RATE_SERIES_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fusebox::tool {

// Milliseconds since the dashboard started.
using Millis = std::chrono::milliseconds;

// CallCounts the changes of everything that the page shows. The first is 1.
using Version = uint64_t;

// Calls by how they went: admitted, successes, failures, rejected, fallbacks.
using CallCounts = std::array<uint64_t, 5>;

// Keeps the counts of the last `slots` slots, each `width` long. Slots without
// calls take no room. Thread-compatible.
class RateSeries {
 public:
  RateSeries(Millis width, size_t slots) : width_(width), max_slots_(slots) {}

  // Spreads `added` calls evenly over the time from `from` to `to`. No call is
  // lost by rounding. REQUIRES: no earlier call had a later `to`.
  void Add(const CallCounts& added, Millis from, Millis to, Version version);

  // Forgets the slots that ended before `at`.
  void ForgetBefore(Millis at);

  // Appends the slots that changed after `seen` as the JSON lists
  // [number, admitted, successes, failures, rejected, fallbacks]. The number of
  // a slot is the time of its beginning, divided by the width.
  void AppendNewer(Version seen, std::string* json) const;

  bool empty() const { return slots_.empty(); }
  size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    int64_t number;
    Version version;  // of the last change; grows with the number
    std::array<uint32_t, std::tuple_size<CallCounts>::value> counts;
  };

  Slot& At(int64_t number);
  void DropBefore(Millis at);

  const Millis width_;
  const size_t max_slots_;
  std::vector<Slot> slots_;  // in the order of their numbers
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_RATE_SERIES_H_
