// count_text.h: writes counts for people.

#ifndef FUSEBOX_TOOLS_TEXT_COUNT_TEXT_H_
#define FUSEBOX_TOOLS_TEXT_COUNT_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace fusebox::tool {

// Returns "1,234,567".
inline std::string Grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

// Returns "1 call" or "12 calls". `ending` is what the plural adds.
inline std::string Count(uint64_t count, const std::string& what,
                         const std::string& ending = "s") {
  return Grouped(count) + " " + what + (count == 1 ? "" : ending);
}

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_COUNT_TEXT_H_
