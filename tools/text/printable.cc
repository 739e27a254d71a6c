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
// writing, is invisible, or is unknown. A byte that is not UTF-8 is unknown.
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

std::string ForPeople(const Character& c) {
  if (c.code == '\n') return "\\n";
  if (c.code >= 0x80) return absl::StrCat("\\u{", absl::Hex(c.code), "}");
  const auto byte = static_cast<unsigned char>(c.bytes[0]);
  return absl::StrCat("\\x", absl::Hex(byte, absl::kZeroPad2));
}

// A character above U+FFFF takes two escapes, those of its surrogates.
std::string ForJson(const Character& c) {
  const auto escape = [](utf8proc_int32_t unit) {
    return absl::StrCat("\\u", absl::Hex(unit, absl::kZeroPad4));
  };
  if (c.code < 0) return "\\ufffd";
  if (c.code < 0x10000) return escape(c.code);
  const utf8proc_int32_t rest = c.code - 0x10000;
  return escape(0xd800 + (rest >> 10)) + escape(0xdc00 + (rest & 0x3ff));
}

// Replaces each unsafe character of `text` by what `escape` makes of it.
template <typename Function>
std::string Escape(std::string_view text, Function escape) {
  std::string out;
  while (!text.empty()) {
    const Character c = First(text);
    if (IsUnsafe(c)) {
      out += escape(c);
    } else {
      out += c.bytes;
    }
    text.remove_prefix(c.bytes.size());
  }
  return out;
}

}  // namespace

std::string Printable(std::string_view text) { return Escape(text, ForPeople); }

std::string PrintableJson(std::string_view json) {
  return Escape(json, [](const Character& c) {
    return c.code == '\n' ? "\n" : ForJson(c);
  });
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
