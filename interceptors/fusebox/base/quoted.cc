#include "fusebox/base/quoted.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "fusebox/base/internal/utf8.h"

namespace fusebox {

using internal::FirstBytes;
using internal::IsUtf8;

namespace {

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}

// The escape sequence of one letter for `c`, or 0 if it has none.
char ShortEscape(char c) {
  switch (c) {
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '"':
    case '\'':
    case '\\':
      return c;
    default:
      return 0;
  }
}

}  // namespace

std::string Escaped(std::string_view text, size_t max_bytes) {
  const bool is_short = text.size() <= max_bytes;
  text = FirstBytes(text, max_bytes);
  const bool keeps_high_bytes = IsUtf8(text);
  constexpr char kHex[] = "0123456789abcdef";
  std::string escaped;
  bool after_hex = false;  // a hex digit here would belong to the escape before
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x80 ? keeps_high_bytes
                                    : byte >= 0x20 && byte != 0x7f &&
                                          !(after_hex && IsHexDigit(c));
    const char letter = ShortEscape(c);
    after_hex = letter == 0 && !plain;
    if (letter != 0) {
      escaped += {'\\', letter};
    } else if (plain) {
      escaped += c;
    } else {
      escaped += {'\\', 'x', kHex[byte >> 4], kHex[byte & 0xf]};
    }
  }
  return is_short ? escaped : escaped + "...";
}

std::string Quoted(std::string_view text) {
  return "\"" + Escaped(text) + "\"";
}

}  // namespace fusebox
