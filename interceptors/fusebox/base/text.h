// text.h: texts in messages: makes them safe to print, and finds similar ones.

#ifndef FUSEBOX_BASE_TEXT_H_
#define FUSEBOX_BASE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// Returns `text` on one line, safe to print. Escapes these as in C: control
// characters, bytes that are not UTF-8, characters that are invisible or change
// the direction of writing, quotes and backslashes. If `text` is longer than
// `max_bytes`, returns its beginning and "...".
FUSEBOX_EXPORT std::string Escaped(std::string_view text,
                                   size_t max_bytes = 80);

// Returns Escaped(text) in double quotes.
FUSEBOX_EXPORT std::string Quoted(std::string_view text);

// Does the same with a text of any length that was made for people: keeps its
// quotes and backslashes.
FUSEBOX_EXPORT std::string OneLine(std::string_view text);

// Returns "1,234,567".
FUSEBOX_EXPORT std::string Grouped(uint64_t number);

// Returns "1 call" or "1,234 calls". `ending` is what the plural adds.
FUSEBOX_EXPORT std::string Count(uint64_t count, std::string_view what,
                                 std::string_view ending = "s");

// Returns how many bytes must be inserted, deleted or replaced to turn one text
// into the other (the Levenshtein distance). Takes a.size() * b.size() steps.
FUSEBOX_EXPORT size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_TEXT_H_
