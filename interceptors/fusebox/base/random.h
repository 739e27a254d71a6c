// random.h: the source of random numbers, which jitter the length of openings.
//
// Breakers draw from ProcessRandom() unless Breaker::Options::random names
// another source. A test gives one whose numbers it knows.

#ifndef FUSEBOX_BASE_RANDOM_H_
#define FUSEBOX_BASE_RANDOM_H_

#include "fusebox/base/internal/export.h"

namespace fusebox {

// A source of random numbers. Implementations must be thread-safe.
class FUSEBOX_EXPORT RandomSource {
 public:
  virtual ~RandomSource() = default;

  // Returns a number that is uniformly distributed in [0, 1). Never throws.
  virtual double Next() noexcept = 0;
};

// Returns the source of this process, which has a seed of its own in each
// process. Takes no lock. The source is never destroyed.
FUSEBOX_EXPORT RandomSource& ProcessRandom();

}  // namespace fusebox

#endif  // FUSEBOX_BASE_RANDOM_H_
