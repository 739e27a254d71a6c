// quoted.h: a user's text inside a message.

#ifndef FUSEBOX_BASE_QUOTED_H_
#define FUSEBOX_BASE_QUOTED_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox {

// `text` on one line, however it looks: quotes, backslashes, control characters
// and bytes that are not UTF-8 are escaped as in C, and what is longer than
// `max_bytes` is cut short with "...".
FUSEBOX_EXPORT std::string Escaped(std::string_view text,
                                   size_t max_bytes = 80);

// The same in double quotes.
FUSEBOX_EXPORT std::string Quoted(std::string_view text);

}  // namespace fusebox

#endif  // FUSEBOX_BASE_QUOTED_H_
