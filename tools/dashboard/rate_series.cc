#include "tools/dashboard/rate_series.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"

namespace fusebox::tool {
namespace {

// Returns how many of `all` calls belong to the first `part` of `whole`.
uint64_t PartOf(uint64_t all, int64_t part, int64_t whole) {
  if (part >= whole) return all;
  if (part <= 0) return 0;
  return static_cast<uint64_t>(static_cast<double>(all) *
                               static_cast<double>(part) /
                               static_cast<double>(whole));
}

}  // namespace

void RateSeries::Add(const CallCounts& added, Millis from, Millis to,
                     Version version) {
  const int64_t width = width_.count();
  const int64_t begin = std::min(from, to).count();
  const int64_t whole = to.count() - begin;
  // The end of a slot belongs to it, so that it does not begin the next one.
  const int64_t last =
      whole > 0 ? (to.count() - 1) / width : to.count() / width;
  const int64_t first =
      std::max(begin / width, last + 1 - static_cast<int64_t>(max_slots_));
  for (int64_t number = first; number <= last; ++number) {
    const int64_t before = number * width - begin;
    const int64_t after = number == last ? whole : before + width;
    Slot* slot = nullptr;
    for (size_t i = 0; i < added.size(); ++i) {
      const uint64_t part = PartOf(added[i], after, whole) -
                            (whole > 0 ? PartOf(added[i], before, whole) : 0);
      if (part == 0) continue;
      if (slot == nullptr) slot = &At(number);
      slot->counts[i] = static_cast<uint32_t>(std::min<uint64_t>(
          slot->counts[i] + part, std::numeric_limits<uint32_t>::max()));
      slot->version = version;
    }
  }
  DropBefore(Millis((last + 1 - static_cast<int64_t>(max_slots_)) * width));
}

RateSeries::Slot& RateSeries::At(int64_t number) {
  const auto it = std::lower_bound(
      slots_.begin(), slots_.end(), number,
      [](const Slot& slot, int64_t wanted) { return slot.number < wanted; });
  if (it != slots_.end() && it->number == number) return *it;
  // Most breakers have few slots, and there may be many breakers.
  constexpr size_t kStep = 8;
  const auto index = it - slots_.begin();
  if (slots_.size() == slots_.capacity()) {
    slots_.reserve(slots_.size() + kStep);
  }
  return *slots_.insert(slots_.begin() + index, {number, 0, {}});
}

void RateSeries::ForgetBefore(Millis at) {
  DropBefore(at);
  slots_.shrink_to_fit();
}

void RateSeries::DropBefore(Millis at) {
  const auto kept =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& slot) {
        return (slot.number + 1) * width_.count() > at.count();
      });
  slots_.erase(slots_.begin(), kept);
}

void RateSeries::AppendNewer(Version seen, std::string* json) const {
  auto slot = std::find_if(slots_.rbegin(), slots_.rend(), [&](const Slot& it) {
                return it.version <= seen;
              }).base();
  for (const char* comma = ""; slot != slots_.end(); ++slot, comma = ",") {
    absl::StrAppend(json, comma, "[", slot->number);
    for (const uint32_t count : slot->counts) absl::StrAppend(json, ",", count);
    *json += "]";
  }
}

}  // namespace fusebox::tool
