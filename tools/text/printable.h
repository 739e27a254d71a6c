// printable.h: makes text from outside safe to show on a terminal.
//
// The name of a method or of a file, an argument and the message of a status
// may contain any bytes, even some that move the cursor or rename the window.

#ifndef FUSEBOX_TOOLS_TEXT_PRINTABLE_H_
#define FUSEBOX_TOOLS_TEXT_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace fusebox::tool {

// Returns `text` with "\x1b" for each control character and "\xff" for each
// byte that is not UTF-8. Other characters that are invisible or change the
// direction of writing become "\u{202e}".
std::string Printable(std::string_view text);

// Returns JSON that means the same as `json`, in which the characters that
// Printable() escapes are escapes of JSON: "\u001b". REQUIRES: `json` is JSON.
std::string PrintableJson(std::string_view json);

// Returns how many cells of a terminal `text` takes. A wide character (CJK,
// emoji) takes 2, one that combines with the character before it takes 0, and
// any other takes 1. REQUIRES: `text` is printable.
size_t DisplayWidth(std::string_view text);

// The end at which a text that is too long is cut off.
enum class Cut { kEnd, kStart };

// Returns `text` in at most `width` cells, with "…" in place of what was cut
// off. REQUIRES: `text` is printable.
std::string Fit(std::string_view text, size_t width, Cut cut = Cut::kEnd);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_PRINTABLE_H_
