#include "fusebox/base/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusebox/base/internal/utf8.h"

namespace fusebox {

using internal::FirstBytes;
using internal::FirstCharacterBytes;
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
    default:
      return 0;
  }
}

bool IsQuote(char c) { return c == '"' || c == '\'' || c == '\\'; }

// Characters of two bytes or more that no terminal should get, from the first
// to the last of each range.
constexpr std::string_view kUnsafe[][2] = {
    {"\xc2\x80", "\xc2\x9f"},  // control characters
    {"\u061c", "\u061c"},      // direction of writing
    {"\u200b", "\u200f"},      // no width, direction of writing
    {"\u2028", "\u202e"},      // ends of lines, direction of writing
    {"\u2060", "\u206f"},      // no width, direction of writing
    {"\ufeff", "\ufeff"},      // byte order mark
};

// Returns whether a character, or a byte that belongs to none, can be printed.
bool IsVisible(std::string_view character) {
  const auto byte = static_cast<unsigned char>(character[0]);
  if (byte < 0x80) return byte >= 0x20 && byte != 0x7f;
  return IsUtf8(character) &&
         std::none_of(std::begin(kUnsafe), std::end(kUnsafe),
                      [&](const auto& range) {
                        return range[0] <= character && character <= range[1];
                      });
}

// Returns `text` with escape sequences for what is not visible and, if `quotes`
// is set, for quotes and backslashes.
std::string Visible(std::string_view text, bool quotes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string visible;
  bool after_hex = false;  // a hex digit would extend the escape before it
  while (!text.empty()) {
    const std::string_view next = text.substr(0, FirstCharacterBytes(text));
    text.remove_prefix(next.size());
    const char letter = ShortEscape(next[0]);
    const bool quoted = quotes && IsQuote(next[0]);
    const bool plain =
        IsVisible(next) && !quoted && !(after_hex && IsHexDigit(next[0]));
    after_hex = letter == 0 && !quoted && !plain;
    if (letter != 0) {
      visible += {'\\', letter};
    } else if (quoted) {
      visible += {'\\', next[0]};
    } else if (plain) {
      visible += next;
    } else {
      for (const char c : next) {
        const auto byte = static_cast<unsigned char>(c);
        visible += {'\\', 'x', kHex[byte >> 4], kHex[byte & 0xf]};
      }
    }
  }
  return visible;
}

}  // namespace

std::string Escaped(std::string_view text, size_t max_bytes) {
  const std::string_view head = FirstBytes(text, max_bytes);
  return Visible(head, true) + (head.size() < text.size() ? "..." : "");
}

std::string OneLine(std::string_view text) { return Visible(text, false); }

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

std::string Grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string Count(uint64_t count, std::string_view what,
                  std::string_view ending) {
  std::string text = Grouped(count) + " " + std::string(what);
  if (count != 1) text += ending;
  return text;
}

}  // namespace fusebox
