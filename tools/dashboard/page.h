// page.h: makes the page that browsers get. It is page.html with its style and
// its scripts, which the build puts into the program.

#ifndef FUSEBOX_TOOLS_DASHBOARD_PAGE_H_
#define FUSEBOX_TOOLS_DASHBOARD_PAGE_H_

#include <string>

namespace fusebox::tool {

// A page and its Content-Security-Policy. The policy allows only the style and
// the scripts of the page, and only connections to this server.
struct Page {
  std::string html;
  std::string policy;
};

// Returns a page for one request. A random number marks the style and the
// script that the policy allows.
Page MakePage();

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_PAGE_H_
