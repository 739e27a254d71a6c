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
  bool escapes = false;  // a terminal that obeys escape sequences
  bool colour = false;   // the same, and NO_COLOR is not set
  size_t width = 0;      // in cells; 0 means no limit
  size_t height = 0;
};

// Returns whether the file is a terminal that obeys escape sequences: TERM is
// set, and is not "dumb".
bool ObeysEscapes(int file);

// Describes standard output as it is now, for text that scrolls. If it is a
// terminal, the width is COLUMNS, if that is set.
Style StandardOutput();

// Describes the terminal for a program that draws on all of it. COLUMNS and
// LINES count only if the terminal does not know its size.
Style WholeTerminal();

// Returns `text` in a colour, if the style has colours.
std::string Paint(std::string_view text, Colour colour, const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_TERMINAL_H_
