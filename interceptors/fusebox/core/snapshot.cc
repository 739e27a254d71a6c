#include "fusebox/core/snapshot.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fusebox {
namespace {

void Add(uint64_t from, uint64_t* to) { *to += from; }

template <typename T, size_t size>
void Add(const std::array<T, size>& from, std::array<T, size>* to) {
  for (size_t i = 0; i < size; ++i) Add(from[i], &(*to)[i]);
}

}  // namespace

uint64_t TotalsReading::rejected_in_all() const {
  uint64_t sum = 0;
  for (const uint64_t count : rejected) sum += count;
  return sum;
}

TotalsReading& TotalsReading::operator+=(const TotalsReading& other) {
  Add(other.admitted, &admitted);
  Add(other.ended, &ended);
  Add(other.successes, &successes);
  Add(other.failures, &failures);
  Add(other.ignored, &ignored);
  Add(other.abandoned, &abandoned);
  Add(other.own_cancels, &own_cancels);
  Add(other.other_cancels, &other_cancels);
  Add(other.broken_streams, &broken_streams);
  Add(other.fallbacks, &fallbacks);
  Add(other.late, &late);
  Add(other.rejected, &rejected);
  Add(other.not_enforced, &not_enforced);
  Add(other.probes, &probes);
  Add(other.transitions, &transitions);
  return *this;
}

}  // namespace fusebox
