// nearest.h: which name was meant.

#ifndef FUSEBOX_TOOLS_TEXT_NEAREST_H_
#define FUSEBOX_TOOLS_TEXT_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace fusebox::tool {

// The one of `names` with the fewest letters to change, add or drop; the first
// of several, empty where there is none. Case does not count.
std::string Nearest(std::string_view wanted,
                    const std::vector<std::string>& names);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_NEAREST_H_
