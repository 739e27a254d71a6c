// glob.h: "*" and "?".
//
//   fusebox::MatchesGlob("/shop.v1.*/Get?", "/shop.v1.Cart/GetX")  // true
//
// "*" stands for any characters, none too, "?" for one; everything else for
// itself, and nothing escapes it. A character is one of UTF-8; a byte that is
// part of none counts as one.

#ifndef FUSEBOX_ADMIN_INTERNAL_GLOB_H_
#define FUSEBOX_ADMIN_INTERNAL_GLOB_H_

#include <string_view>

namespace fusebox::internal {

// Whether `pattern` covers all of `text`. Takes no memory, and at most about
// pattern.size() * text.size() steps, however many stars there are.
bool MatchesGlob(std::string_view pattern, std::string_view text);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_GLOB_H_
