// screen.h: takes over the whole terminal for a while.
//
//   Screen screen;
//   while (screen.Wait(500ms) != Screen::kQuit) screen.Draw(frame);
//
// A Screen shows the alternate screen without a cursor and without echo. It
// shows the old contents again when it is destroyed, and while ^Z stops the
// process. Wait() returns kQuit for SIGINT, SIGTERM, SIGHUP and SIGQUIT, and if
// the terminal is gone.

#ifndef FUSEBOX_TOOLS_WATCH_SCREEN_H_
#define FUSEBOX_TOOLS_WATCH_SCREEN_H_

#include <termios.h>

#include <chrono>
#include <string>
#include <vector>

namespace fusebox::tool {

// Only one Screen may exist at a time. REQUIRES: standard output is a terminal.
// If standard input is not a terminal, there are no keys.
class Screen {
 public:
  enum Input {
    kNothing,  // the time is over
    kWoken,
    kResized,  // or the process continues after ^Z; draw again
    kQuit,     // the key q, a signal, or no terminal any more
    kUp,
    kDown,
    kPageUp,
    kPageDown,
    kHome,
    kEnd,
    kOther,  // another key: key()
  };

  Screen();
  ~Screen();

  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // While it is true, every key that is a character is kOther.
  void set_typing(bool typing) { typing_ = typing; }

  // Returns the first byte of the last key that was kOther.
  char key() const { return key_; }

  // Blocks until there is input, at most for `longest`.
  Input Wait(std::chrono::milliseconds longest);

  // Makes Wait() return. Thread-safe.
  void Wake();

  // Replaces the contents by these lines. REQUIRES: no line is wider than the
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
  bool typing_ = false;
  char key_ = 0;
  std::string keys_;  // the bytes that were typed but not handled yet
  termios before_ = {};
  std::string shown_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_SCREEN_H_
