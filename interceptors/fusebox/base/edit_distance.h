// edit_distance.h: how alike two names are.

#ifndef FUSEBOX_BASE_EDIT_DISTANCE_H_
#define FUSEBOX_BASE_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// Letters to insert, delete or replace to make one of the other (Levenshtein).
// Takes a.size() * b.size() steps.
FUSEBOX_EXPORT size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_EDIT_DISTANCE_H_
