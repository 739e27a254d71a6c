// number.h: writes numbers for people, whatever the locale of the program is.
//
// Streams and printf follow the locale: with a German one, 1.5 reads "1,5", and
// 1000 may read "1.000".

#ifndef FUSEBOX_BASE_INTERNAL_NUMBER_H_
#define FUSEBOX_BASE_INTERNAL_NUMBER_H_

#include <string>

#include "fusebox/base/internal/export.h"

namespace fusebox::internal {

// Returns the number with at most six digits: "0.5", "1e+10", "nan".
FUSEBOX_EXPORT std::string Number(double value);

// Returns the number with this many digits after the point: "0.50".
FUSEBOX_EXPORT std::string FixedNumber(double value, int digits);

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_NUMBER_H_
