// screen.h: the terminal, whole, for as long as it is needed.
//
//   Screen screen;
//   while (screen.Wait(500ms) != Screen::kQuit) screen.Draw(frame);
//
// It has the alternate screen, no cursor and no echo; what was there before is
// back when it ends, is interrupted (SIGINT, SIGTERM, SIGHUP, SIGQUIT: they
// come as kQuit) or is stopped by ^Z, for that time.

#ifndef FUSEBOX_TOOLS_WATCH_SCREEN_H_
#define FUSEBOX_TOOLS_WATCH_SCREEN_H_

#include <termios.h>

#include <chrono>
#include <string>
#include <vector>

namespace fusebox::tool {

// One at a time. REQUIRES: standard output is a terminal. Standard input need
// not be: then there are no keys.
class Screen {
 public:
  enum Input {
    kNothing,  // the time is over
    kWoken,
    kResized,  // or continued after ^Z: draw again
    kQuit,     // q, or a signal
    kUp,
    kDown,
    kPageUp,
    kPageDown,
    kHome,
    kEnd,
    kOther,  // a key that means nothing
  };

  Screen();
  ~Screen();

  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  Input Wait(std::chrono::milliseconds longest);

  // Makes Wait() return. Thread-safe.
  void Wake();

  // Shows these lines from the top, and nothing else. They must be as wide as
  // the terminal, at most.
  void Draw(const std::vector<std::string>& lines);

 private:
  void Enter();
  void Leave();
  void Stop();
  Input HandleSignal(char byte);
  void ReadKeys();
  Input NextKey();

  bool has_keys_ = false;
  std::string keys_;  // typed, and not handled yet
  termios before_ = {};
  std::string shown_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_SCREEN_H_
