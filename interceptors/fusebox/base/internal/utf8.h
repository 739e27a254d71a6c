// utf8.h: looks at text as the characters of UTF-8 (RFC 3629).

#ifndef FUSEBOX_BASE_INTERNAL_UTF8_H_
#define FUSEBOX_BASE_INTERNAL_UTF8_H_

#include <cstddef>
#include <string_view>

#include "fusebox/base/internal/export.h"

namespace fusebox::internal {

// Returns whether all of `text` is UTF-8.
FUSEBOX_EXPORT bool IsUtf8(std::string_view text);

// Returns the number of bytes of the first character of `text`, which must not
// be empty. A byte that begins no character counts as one.
FUSEBOX_EXPORT size_t FirstCharacterBytes(std::string_view text);

// Returns the first `max_bytes` bytes of `text`, or fewer where the last
// character would be cut in two.
FUSEBOX_EXPORT std::string_view FirstBytes(std::string_view text,
                                           size_t max_bytes);

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_UTF8_H_
