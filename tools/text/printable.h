// printable.h: text from another process, safe to show on a terminal.
//
// A method's name or a status's message may hold anything, what moves the
// cursor or renames the window too.

#ifndef FUSEBOX_TOOLS_TEXT_PRINTABLE_H_
#define FUSEBOX_TOOLS_TEXT_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace fusebox::tool {

// `text` with "\x1b" for each control character, for each character that turns
// the direction of writing, and for each byte that is not UTF-8.
std::string Printable(std::string_view text);

// How many cells it takes: 2 for wide characters (CJK, emoji), 0 for those that
// combine with the one before. REQUIRES: it is printable.
size_t DisplayWidth(std::string_view text);

// Which end of a text that is too long goes.
enum class Cut { kEnd, kStart };

// `text` in at most `width` cells, "…" where something went. REQUIRES: it is
// printable.
std::string Fit(std::string_view text, size_t width, Cut cut = Cut::kEnd);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_PRINTABLE_H_
