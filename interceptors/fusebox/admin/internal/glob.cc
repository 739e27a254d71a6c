#include "fusebox/admin/internal/glob.h"

#include <cstddef>
#include <string_view>

#include "fusebox/base/internal/utf8.h"

namespace fusebox::internal {
namespace {

constexpr size_t kNone = std::string_view::npos;

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
      t += FirstCharacterBytes(text.substr(t));
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

}  // namespace fusebox::internal
