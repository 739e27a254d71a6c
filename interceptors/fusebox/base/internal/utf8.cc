#include "fusebox/base/internal/utf8.h"

#include <utf8/core.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fusebox::internal {

bool IsUtf8(std::string_view text) {
  return utf8::is_valid(text.begin(), text.end());
}

size_t FirstCharacterBytes(std::string_view text) {
  constexpr size_t kMaxBytes = 4;
  for (size_t size = 1; size <= kMaxBytes && size <= text.size(); ++size) {
    if (IsUtf8(text.substr(0, size))) return size;
  }
  return 1;
}

std::string_view FirstBytes(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const auto continues = [](char c) {
    return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
  };
  size_t size = max_bytes;
  while (size > 0 && continues(text[size])) --size;
  return text.substr(0, size);
}

}  // namespace fusebox::internal
