#include "tools/text/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace fusebox::tool {
namespace {

std::string_view Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

const char* CodeOf(Colour colour) {
  switch (colour) {
    case Colour::kNone:
      return "";
    case Colour::kBold:
      return "\x1b[1m";
    case Colour::kDim:
      return "\x1b[2m";
    case Colour::kRed:
      return "\x1b[31m";
    case Colour::kGreen:
      return "\x1b[32m";
    case Colour::kYellow:
      return "\x1b[33m";
    case Colour::kBlue:
      return "\x1b[34m";
  }
  return "";
}

}  // namespace

Style StandardOutput() {
  constexpr size_t kUsualWidth = 80;
  constexpr size_t kUsualHeight = 24;
  Style style;
  style.terminal = isatty(STDOUT_FILENO) != 0;
  if (!style.terminal) return style;
  style.colour = Variable("NO_COLOR").empty() && Variable("TERM") != "dumb";
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = {};
  style.width = size.ws_col == 0 ? kUsualWidth : size.ws_col;
  style.height = size.ws_row == 0 ? kUsualHeight : size.ws_row;
  return style;
}

std::string Paint(std::string_view text, Colour colour, const Style& style) {
  if (!style.colour || colour == Colour::kNone) return std::string(text);
  return CodeOf(colour) + std::string(text) + "\x1b[0m";
}

}  // namespace fusebox::tool
