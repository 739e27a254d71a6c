#include "fusebox/observe/glob.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fusebox {
namespace {

constexpr size_t kNone = std::string_view::npos;

// How many bytes the character at the front of `text` has.
size_t CharacterSize(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  if (size > text.size()) return 1;
  for (size_t i = 1; i < size; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) return 1;
  }
  return size;
}

}  // namespace

// Only the last star is ever tried again: what is before it matches already,
// and a longer match there gains nothing.
bool MatchesGlob(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t after_star = kNone;  // in the pattern
  size_t star_ends = 0;       // in the text
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_ends = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += CharacterSize(text.substr(t));
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (after_star != kNone) {
      p = after_star;
      t = ++star_ends;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace fusebox
