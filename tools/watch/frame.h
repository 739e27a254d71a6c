// frame.h: the screen of `fusebox watch`, line by line.
//
//   fusebox watch   14 breakers of 2 processes: 1 OPEN, 1 HALF_OPEN
//   unix:/run/b.sock: reconnecting ... UNAVAILABLE: connection refused
//
//   PROCESS  BREAKER  STATE  FOR  ...        the troubled first
//
//   EVENTS                                   the last ones
//   16:10:18.123  /shop.v1.Cart/Checkout: CLOSED -> OPEN for 5s: ...
//   q quit   up, down scroll

#ifndef FUSEBOX_TOOLS_WATCH_FRAME_H_
#define FUSEBOX_TOOLS_WATCH_FRAME_H_

#include <cstddef>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "tools/text/terminal.h"
#include "tools/watch/model.h"

namespace fusebox::tool {

struct Frame {
  std::vector<std::string> lines;  // as many as the terminal has, at most
  size_t offset = 0;               // of the first row that is shown
  size_t page = 1;                 // rows that are shown, at least 1
};

// As it is at `now`. `offset`, from where to show rows, is brought into range.
Frame MakeFrame(const Model& model, size_t offset, TimePoint now,
                const Style& style);

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_FRAME_H_
