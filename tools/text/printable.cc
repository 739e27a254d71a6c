#include "tools/text/printable.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fusebox::tool {
namespace {

constexpr char kEllipsis[] = "\u2026";

// One character, or one byte that belongs to none.
struct Character {
  std::string_view bytes;
  uint32_t code;
  bool valid;
};

// The first of `text`, which is not empty.
Character First(std::string_view text) {
  const auto byte = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const uint32_t lead = byte(0);
  const Character wrong = {text.substr(0, 1), lead, false};
  if (lead < 0x80) return {text.substr(0, 1), lead, true};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return wrong;
  uint32_t code = lead & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return wrong;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kLeast[size] || code > 0x10ffff || surrogate) return wrong;
  return {text.substr(0, size), code, true};
}

struct Range {
  uint32_t first;
  uint32_t last;
};

template <size_t kCount>
bool IsIn(const Range (&ranges)[kCount], uint32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](Range range) {
    return code >= range.first && code <= range.last;
  });
}

// Controls, line and paragraph separators, direction, and other characters that
// are not seen and change what is.
constexpr Range kUnsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

constexpr Range kCombining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},
    {0x064b, 0x065f}, {0x0e34, 0x0e3a}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
    {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
};

size_t WidthOf(uint32_t code) {
  if (IsIn(kCombining, code)) return 0;
  return IsIn(kWide, code) ? 2 : 1;
}

std::string Hex(uint32_t code) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[code & 15]);
    code >>= 4;
  } while (code != 0);
  return text.size() == 1 ? "0" + text : text;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character c = First(text);
    if (!c.valid || c.code < 0x80) {
      if (c.valid && !IsIn(kUnsafe, c.code)) {
        out += c.bytes;
      } else {
        out += c.bytes == "\n" ? "\\n" : "\\x" + Hex(c.code);
      }
    } else if (IsIn(kUnsafe, c.code)) {
      out += "\\u{" + Hex(c.code) + "}";
    } else {
      out += c.bytes;
    }
    text.remove_prefix(c.bytes.size());
  }
  return out;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Character c = First(text);
    width += WidthOf(c.code);
    text.remove_prefix(c.bytes.size());
  }
  return width;
}

std::string Fit(std::string_view text, size_t width, Cut cut) {
  size_t left = DisplayWidth(text);
  if (left <= width) return std::string(text);
  if (width == 0) return "";
  if (cut == Cut::kStart) {
    while (left > width - 1 && !text.empty()) {
      const Character c = First(text);
      left -= WidthOf(c.code);
      text.remove_prefix(c.bytes.size());
    }
    return kEllipsis + std::string(text);
  }
  std::string out;
  for (size_t used = 0;;) {
    const Character c = First(text);
    used += WidthOf(c.code);
    if (used > width - 1) return out + kEllipsis;
    out += c.bytes;
    text.remove_prefix(c.bytes.size());
  }
}

}  // namespace fusebox::tool
