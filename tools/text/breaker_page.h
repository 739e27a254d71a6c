// breaker_page.h: prints everything about one breaker for people.

#ifndef FUSEBOX_TOOLS_TEXT_BREAKER_PAGE_H_
#define FUSEBOX_TOOLS_TEXT_BREAKER_PAGE_H_

#include <string>

#include "fusebox/v1/admin.pb.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {

// Returns one line per fact: the state, the mode and the counts, then every
// field of the policy, then the last events.
std::string BreakerPage(const v1::GetBreakerResponse& response,
                        const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_BREAKER_PAGE_H_
