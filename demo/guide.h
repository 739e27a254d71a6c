// guide.h: tells the operator what is running and which commands to try.

#ifndef DEMO_GUIDE_H_
#define DEMO_GUIDE_H_

#include <string>

#include "demo/screen.h"
#include "demo/story.h"

namespace outage {

// Prints a text that fits on a terminal of 80 columns and 24 lines, unless the
// paths are long. `folder` contains the files of the processes.
void PrintGuide(const Screen& screen, const Plot& plot,
                const std::string& folder, int port);

}  // namespace outage

#endif  // DEMO_GUIDE_H_
