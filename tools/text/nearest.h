// nearest.h: finds the name that a user may have meant.

#ifndef FUSEBOX_TOOLS_TEXT_NEAREST_H_
#define FUSEBOX_TOOLS_TEXT_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace fusebox::tool {

// Returns the name that needs the fewest letters to be changed, added or
// removed to become `wanted`, or the first of several such names. Ignores case.
// Returns an empty string if there are no names.
std::string Nearest(std::string_view wanted,
                    const std::vector<std::string>& names);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_NEAREST_H_
