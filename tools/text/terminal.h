// terminal.h: what standard output can show.

#ifndef FUSEBOX_TOOLS_TEXT_TERMINAL_H_
#define FUSEBOX_TOOLS_TEXT_TERMINAL_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace fusebox::tool {

enum class Colour { kNone, kBold, kDim, kRed, kGreen, kYellow, kBlue };

struct Style {
  bool terminal = false;
  bool colour = false;  // a terminal, neither NO_COLOR nor TERM=dumb
  size_t width = 0;     // in cells; 0: any
  size_t height = 0;
};

// Of standard output as it is now.
Style StandardOutput();

// `text` in a colour, if there are any.
std::string Paint(std::string_view text, Colour colour, const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TERMINAL_H_
