// terminal.h: describes what standard output can show.

#ifndef FUSEBOX_TOOLS_TEXT_TERMINAL_H_
#define FUSEBOX_TOOLS_TEXT_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace fusebox::tool {

// The values are those of ANSI's escape sequence "ESC [ value m".
enum class Colour {
  kNone = 0,
  kBold = 1,
  kDim = 2,
  kRed = 31,
  kGreen = 32,
  kYellow = 33,
  kBlue = 34,
};

struct Style {
  bool terminal = false;
  bool colour = false;  // false if NO_COLOR is set or TERM is "dumb"
  size_t width = 0;     // in cells; 0 means no limit
  size_t height = 0;
};

// Describes standard output as it is now.
Style StandardOutput();

// Returns `text` in a colour, if the style has colours.
std::string Paint(std::string_view text, Colour colour, const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TERMINAL_H_
