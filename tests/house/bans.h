// bans.h: what may not stand in the project's texts.

#ifndef FUSEBOX_TESTS_HOUSE_BANS_H_
#define FUSEBOX_TESTS_HOUSE_BANS_H_

#include "tests/house/checker.h"

namespace fusebox {

// The file, its path from the root of the project, holds nothing that is banned
// where it stands; the table of the bans is in the .cc.
Findings CheckBans(const SourceFile& file);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_HOUSE_BANS_H_
