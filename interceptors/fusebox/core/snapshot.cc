#include "fusebox/core/snapshot.h"

#include <cstdint>

namespace fusebox {

uint64_t TotalsReading::rejected_in_all() const {
  uint64_t sum = 0;
  for (const uint64_t count : rejected) sum += count;
  return sum;
}

}  // namespace fusebox
