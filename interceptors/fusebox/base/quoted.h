// quoted.h: makes a user's text safe to print inside a message.

#ifndef FUSEBOX_BASE_QUOTED_H_
#define FUSEBOX_BASE_QUOTED_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// Returns `text` on one line. Escapes quotes, backslashes, control characters
// and bytes that are not UTF-8 as in C. If `text` is longer than `max_bytes`,
// returns its beginning and "...".
FUSEBOX_EXPORT std::string Escaped(std::string_view text,
                                   size_t max_bytes = 80);

// Returns Escaped(text) in double quotes.
FUSEBOX_EXPORT std::string Quoted(std::string_view text);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_QUOTED_H_
