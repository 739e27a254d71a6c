// report.h: a replay's outcome, for people: a table a breaker, and in words.

#ifndef FUSEBOX_TOOLS_REPLAY_REPORT_H_
#define FUSEBOX_TOOLS_REPLAY_REPORT_H_

#include <string>

#include "tools/replay/tally.h"

namespace fusebox::tool {

std::string Report(const Tally& tally);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_REPORT_H_
