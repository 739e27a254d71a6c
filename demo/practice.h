// practice.h: plays outages for an operator who tries the commands of fusebox.

#ifndef DEMO_PRACTICE_H_
#define DEMO_PRACTICE_H_

#include <atomic>

#include "demo/story.h"

namespace outage {

// Starts a server and three processes that call it (fleet.h), and prints how to
// look at them. Then kills, restarts, stops and continues the server until
// `interrupted` is set. If `plot.once` is set, plays one outage. Returns the
// exit code.
int Practise(const Plot& plot, const std::atomic<bool>& interrupted);

}  // namespace outage

#endif  // DEMO_PRACTICE_H_
