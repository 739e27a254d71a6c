// page.h: the page that browsers get: page.html with its style and its scripts,
// which the build puts into the program.

#ifndef FUSEBOX_TOOLS_DASHBOARD_PAGE_H_
#define FUSEBOX_TOOLS_DASHBOARD_PAGE_H_

#include <string>

namespace fusebox::tool {

// A page and its Content-Security-Policy. The policy allows only the style and
// the scripts that were built in, and connections to this server only.
struct Page {
  std::string html;
  std::string policy;
};

// Returns a new page for each request: a random number marks the style and the
// script that the policy allows.
Page MakePage();

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_PAGE_H_
