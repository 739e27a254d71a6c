// report.h: prints the result of a replay: a table with one row per breaker,
// and what the policy cost and saved in total.

#ifndef FUSEBOX_TOOLS_REPLAY_REPORT_H_
#define FUSEBOX_TOOLS_REPLAY_REPORT_H_

#include <string>

#include "tools/replay/tally.h"

namespace fusebox::tool {

std::string Report(const Tally& tally);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_REPORT_H_
