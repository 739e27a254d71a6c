// page.h: the page that browsers get, page.html, which the build puts into the
// program.

#ifndef FUSEBOX_TOOLS_DASHBOARD_PAGE_H_
#define FUSEBOX_TOOLS_DASHBOARD_PAGE_H_

#include <string>

namespace fusebox::tool {

// A page, and the Content-Security-Policy that goes with it: it runs and looks
// only as it was built, and speaks to nobody but this server.
struct Page {
  std::string html;
  std::string policy;
};

// Another one for each request: its own script and style are known by a random
// number.
Page MakePage();

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_PAGE_H_
