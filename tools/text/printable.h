// printable.h: text from another process, safe to show on a terminal.
//
// A method's name or a status's message may hold any bytes, also those that
// move the cursor or rename the window.

#ifndef FUSEBOX_TOOLS_TEXT_PRINTABLE_H_
#define FUSEBOX_TOOLS_TEXT_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace fusebox::tool {

// Returns `text` with "\x1b" for each control character, "\u{202e}" for each
// other character that turns the direction of writing or cannot be seen, and
// "\xff" for each byte that is not UTF-8.
std::string Printable(std::string_view text);

// Returns how many cells of a terminal `text` takes: 2 for a wide character
// (CJK, emoji), 0 for one that combines with the character before it, else 1.
// REQUIRES: `text` is printable.
size_t DisplayWidth(std::string_view text);

// Which end of a text that is too long is cut off.
enum class Cut { kEnd, kStart };

// Returns `text` in at most `width` cells, with "…" in place of what was cut
// off. REQUIRES: `text` is printable.
std::string Fit(std::string_view text, size_t width, Cut cut = Cut::kEnd);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_PRINTABLE_H_
