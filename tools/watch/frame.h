// frame.h: makes the lines on the screen of `fusebox watch`.
//
//   fusebox watch   14 breakers of 2 processes: 1 OPEN, 1 HALF_OPEN
//   unix:/run/b.sock: reconnecting ... UNAVAILABLE: connection refused
//
//   PROCESS  BREAKER  STATE  FOR  ...        troubled breakers first
//
//   EVENTS                                   the last events
//   16:10:18.123  /shop.v1.Cart/Checkout: CLOSED -> OPEN for 5s: ...
//   q quit   ? help   1-20 of 30

#ifndef FUSEBOX_TOOLS_WATCH_FRAME_H_
#define FUSEBOX_TOOLS_WATCH_FRAME_H_

#include <cstddef>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "tools/text/terminal.h"
#include "tools/watch/model.h"
#include "tools/watch/view.h"

namespace fusebox::tool {

struct Frame {
  std::vector<std::string> lines;  // at most as many as the terminal has
  size_t offset = 0;               // the index of the first row that is shown
  size_t page = 1;                 // the number of rows that fit, at least 1
};

// Returns the frame at `now`. It shows the rows from `offset` on. If `offset`
// is out of range, it begins at the nearest row that is in range.
Frame MakeFrame(const Model& model, const View& view, size_t offset,
                TimePoint now, const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_FRAME_H_
