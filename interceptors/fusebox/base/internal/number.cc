#include "fusebox/base/internal/number.h"

#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace fusebox::internal {
namespace {

std::string Write(double value, std::chars_format format, int precision) {
  // The largest double has 309 digits before the point.
  std::array<char, std::numeric_limits<double>::max_exponent10 + 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 format, precision);
  return std::string(text.data(), end.ptr);
}

}  // namespace

std::string Number(double value) {
  constexpr int kDigits = 6;
  return Write(value, std::chars_format::general, kDigits);
}

std::string FixedNumber(double value, int digits) {
  return Write(value, std::chars_format::fixed, digits);
}

}  // namespace fusebox::internal
