// random.h: the one door through which chance comes (the jitter of openings).

#ifndef FUSEBOX_BASE_RANDOM_H_
#define FUSEBOX_BASE_RANDOM_H_

#include "fusebox/base/internal/export.h"

namespace fusebox {

// A source of random numbers. Thread-safe; Next() never throws.
class FUSEBOX_EXPORT RandomSource {
 public:
  virtual ~RandomSource() = default;

  // Uniform in [0, 1).
  virtual double Next() noexcept = 0;
};

// Seeded differently in each process. Takes no lock; lives for ever.
FUSEBOX_EXPORT RandomSource& ProcessRandom();

}  // namespace fusebox

#endif  // FUSEBOX_BASE_RANDOM_H_
