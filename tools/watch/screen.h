// screen.h: takes over the whole terminal for a while.
//
//   Screen screen;
//   while (screen.Wait(500ms) != Screen::kQuit) screen.Draw(frame);
//
// It shows the alternate screen without a cursor and without echo. The old
// contents return when it is destroyed, and while ^Z stops the process. SIGINT,
// SIGTERM, SIGHUP and SIGQUIT arrive as kQuit.

#ifndef FUSEBOX_TOOLS_WATCH_SCREEN_H_
#define FUSEBOX_TOOLS_WATCH_SCREEN_H_

#include <termios.h>

#include <chrono>
#include <string>
#include <vector>

namespace fusebox::tool {

// Only one Screen may exist at a time. REQUIRES: standard output is a terminal.
// If standard input is none, there are no keys.
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
    kOther,  // a key without a meaning
  };

  Screen();
  ~Screen();

  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Blocks until there is input, at most for `longest`.
  Input Wait(std::chrono::milliseconds longest);

  // Makes Wait() return. Thread-safe.
  void Wake();

  // Shows only these lines, from the top. They must not be wider than the
  // terminal.
  void Draw(const std::vector<std::string>& lines);

 private:
  void Enter();
  void Leave();
  void Stop();
  Input HandleSignal(char byte);
  void ReadKeys();
  Input NextKey();

  bool has_keys_ = false;
  std::string keys_;  // typed but not handled yet
  termios before_ = {};
  std::string shown_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_SCREEN_H_
