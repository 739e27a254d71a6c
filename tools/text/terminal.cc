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
  return "\x1b[" + std::to_string(static_cast<int>(colour)) + "m" +
         std::string(text) + "\x1b[0m";
}

}  // namespace fusebox::tool
