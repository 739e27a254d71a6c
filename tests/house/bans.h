// bans.h: finds lines that the project's files may not contain.

#ifndef FUSEBOX_TESTS_HOUSE_BANS_H_
#define FUSEBOX_TESTS_HOUSE_BANS_H_

#include "tests/house/checker.h"

namespace fusebox {

// Returns what is banned in `file`, whose path is relative to the root of the
// project. Some words and includes are banned in some folders only: bans.cc has
// the table.
Findings CheckBans(const SourceFile& file);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_HOUSE_BANS_H_
