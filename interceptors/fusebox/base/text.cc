#include "fusebox/base/text.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/internal/utf8.h"

namespace fusebox {

using internal::FirstBytes;
using internal::IsUtf8;

namespace {

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}

// Returns the character that follows the backslash in the short escape sequence
// of `c`, or 0 if `c` has none.
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
  bool after_hex = false;  // a hex digit would extend the escape before it
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

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace fusebox
