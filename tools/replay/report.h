// report.h: prints the result of a replay as a table with one row per breaker,
// and in words.

#ifndef FUSEBOX_TOOLS_REPLAY_REPORT_H_
#define FUSEBOX_TOOLS_REPLAY_REPORT_H_

#include <string>

#include "tools/replay/tally.h"

namespace fusebox::tool {

std::string Report(const Tally& tally);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_REPORT_H_
