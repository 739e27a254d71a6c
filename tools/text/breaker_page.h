// breaker_page.h: everything about one breaker, a page for people.

#ifndef FUSEBOX_TOOLS_TEXT_BREAKER_PAGE_H_
#define FUSEBOX_TOOLS_TEXT_BREAKER_PAGE_H_

#include <string>

#include "fusebox/v1/admin.pb.h"
#include "tools/text/terminal.h"

namespace fusebox::tool {

// A line a fact: state, mode, counts; then the policy, every field; then the
// last events.
std::string BreakerPage(const v1::GetBreakerResponse& response,
                        const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_BREAKER_PAGE_H_
