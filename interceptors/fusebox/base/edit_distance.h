// edit_distance.h: measures how similar two names are.

#ifndef FUSEBOX_BASE_EDIT_DISTANCE_H_
#define FUSEBOX_BASE_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// Returns how many bytes must be inserted, deleted or replaced to turn one text
// into the other (the Levenshtein distance). Takes a.size() * b.size() steps.
FUSEBOX_EXPORT size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_EDIT_DISTANCE_H_
