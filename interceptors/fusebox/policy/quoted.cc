#include "fusebox/policy/quoted.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace fusebox {
namespace {

bool Continues(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// How many bytes the character at the front of `text` has; 0: it is not UTF-8.
// The rules are those of RFC 3629: no overlong form, no surrogate, nothing
// above U+10FFFF.
size_t CharacterSize(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if (!Continues(text[i])) return 0;
  }
  const auto second = static_cast<uint8_t>(text[1]);
  const bool valid =
      !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second > 0x9F) &&
      !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second > 0x8F);
  return valid ? size : 0;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string Escaped(std::string_view text, size_t most_bytes) {
  const bool is_short = text.size() <= most_bytes;
  if (!is_short) {
    size_t size = most_bytes;
    while (size > 0 && Continues(text[size])) --size;
    text = text.substr(0, size);
  }
  const absl::string_view bytes(text.data(), text.size());
  return (IsUtf8(text) ? absl::Utf8SafeCHexEscape(bytes)
                       : absl::CHexEscape(bytes)) +
         (is_short ? "" : "...");
}

std::string Quoted(std::string_view text) {
  return "\"" + Escaped(text) + "\"";
}

}  // namespace fusebox
