#include "demo/screen.h"

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "fusebox/core/types.h"

namespace outage {
namespace {

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool WantsFancy() {
  const std::string_view terminal = Environment("TERM");
  return isatty(STDOUT_FILENO) == 1 && Environment("NO_COLOR").empty() &&
         !terminal.empty() && terminal != "dumb";
}

std::string_view EscapeCode(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      return "";
    case Ink::kBold:
      return "\033[1m";
    case Ink::kDim:
      return "\033[2m";
    case Ink::kGreen:
      return "\033[32m";
    case Ink::kRed:
      return "\033[1;31m";
    case Ink::kYellow:
      return "\033[33m";
    case Ink::kBlue:
      return "\033[36m";
  }
  return "";
}

}  // namespace

Ink InkOf(fusebox::State state) {
  switch (state) {
    case fusebox::State::kClosed:
      return Ink::kGreen;
    case fusebox::State::kOpen:
      return Ink::kRed;
    case fusebox::State::kHalfOpen:
      return Ink::kYellow;
  }
  return Ink::kPlain;
}

Screen::Screen() : fancy_(WantsFancy()) {}

void Screen::Line(const std::string& text) const {
  const size_t end = text.find_last_not_of(' ');
  std::cout << (end == std::string::npos ? "" : text.substr(0, end + 1))
            << std::endl;
}

std::string Screen::Paint(Ink ink, std::string_view text) const {
  if (!fancy_ || ink == Ink::kPlain || text.empty()) return std::string(text);
  return std::string(EscapeCode(ink)) + std::string(text) + "\033[0m";
}

std::string Screen::Rule(size_t width) const {
  std::string rule;
  for (size_t i = 0; i < width; ++i) rule += fancy_ ? "─" : "-";
  return rule;
}

std::string PadLeft(std::string_view text, size_t width) {
  const size_t missing = text.size() < width ? width - text.size() : 0;
  return std::string(missing, ' ') + std::string(text);
}

std::string PadRight(std::string_view text, size_t width) {
  const size_t missing = text.size() < width ? width - text.size() : 0;
  return std::string(text) + std::string(missing, ' ');
}

std::string Fixed(double number, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << number;
  return out.str();
}

}  // namespace outage
