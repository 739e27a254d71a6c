#include "tools/text/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace fusebox::tool {
namespace {

std::string_view Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Returns the number of cells that the variable names, or 0.
size_t CellsIn(const char* name) {
  constexpr size_t kMax = 10000;
  const std::string_view text = Variable(name);
  const char* const end = text.data() + text.size();
  size_t cells = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, cells);
  return error == std::errc() && rest == end && cells <= kMax ? cells : 0;
}

// Returns the first of the sizes that is known.
size_t Known(size_t size, size_t other, size_t usual) {
  return size != 0 ? size : other != 0 ? other : usual;
}

winsize SizeOfTerminal() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = {};
  return size;
}

constexpr size_t kUsualWidth = 80;
constexpr size_t kUsualHeight = 24;

}  // namespace

bool ObeysEscapes(int file) {
  const std::string_view terminal = Variable("TERM");
  return isatty(file) != 0 && !terminal.empty() && terminal != "dumb";
}

Style WholeTerminal() {
  Style style;
  style.escapes = ObeysEscapes(STDOUT_FILENO);
  style.colour = style.escapes && Variable("NO_COLOR").empty();
  const winsize size = SizeOfTerminal();
  style.width = Known(size.ws_col, CellsIn("COLUMNS"), kUsualWidth);
  style.height = Known(size.ws_row, CellsIn("LINES"), kUsualHeight);
  return style;
}

Style StandardOutput() {
  if (isatty(STDOUT_FILENO) == 0) return {};
  Style style = WholeTerminal();
  style.width = Known(CellsIn("COLUMNS"), style.width, kUsualWidth);
  return style;
}

std::string Paint(std::string_view text, Colour colour, const Style& style) {
  if (!style.colour || colour == Colour::kNone) return std::string(text);
  return "\x1b[" + std::to_string(static_cast<int>(colour)) + "m" +
         std::string(text) + "\x1b[0m";
}

}  // namespace fusebox::tool
