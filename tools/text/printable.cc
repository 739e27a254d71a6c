#include "tools/text/printable.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "utf8proc.h"

namespace fusebox::tool {
namespace {

constexpr char kEllipsis[] = "\u2026";

struct Character {
  std::string_view bytes;
  utf8proc_int32_t code;  // negative if `bytes` is a byte that is not UTF-8
};

// Returns the first character of `text`, which must not be empty.
Character First(std::string_view text) {
  utf8proc_int32_t code = -1;
  const utf8proc_ssize_t size =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code);
  return {text.substr(0, size < 1 ? 1 : static_cast<size_t>(size)), code};
}

size_t WidthOf(const Character& c) {
  return static_cast<size_t>(utf8proc_charwidth(c.code));
}

// Returns whether a character controls the terminal, changes the direction of
// writing, is invisible, or is unknown.
bool IsUnsafe(const Character& c) {
  switch (utf8proc_category(c.code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character c = First(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (c.code == '\n') {
      out += "\\n";
    } else if (c.code < 0 || (c.code < 0x80 && IsUnsafe(c))) {
      absl::StrAppend(&out, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else if (IsUnsafe(c)) {
      absl::StrAppend(&out, "\\u{", absl::Hex(c.code), "}");
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
    width += WidthOf(c);
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
      left -= WidthOf(c);
      text.remove_prefix(c.bytes.size());
    }
    return kEllipsis + std::string(text);
  }
  std::string out;
  for (size_t used = 0;;) {
    const Character c = First(text);
    used += WidthOf(c);
    if (used > width - 1) return out + kEllipsis;
    out += c.bytes;
    text.remove_prefix(c.bytes.size());
  }
}

}  // namespace fusebox::tool
