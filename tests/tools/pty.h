// pty.h: runs the fusebox tool in a pseudo-terminal.
//
//   Pty watch({"watch", "--admin", admin.address()});
//   watch.AwaitText("/shop.v1.Cart/Checkout");
//   watch.Type("q");
//   EXPECT_EQ(watch.AwaitExit(), 0);
//
// It keeps what the terminal shows, like a real terminal. The Await...()
// functions read until the condition is true, and check it after each complete
// frame. The test fails if this takes more than a minute.

#ifndef FUSEBOX_TESTS_TOOLS_PTY_H_
#define FUSEBOX_TESTS_TOOLS_PTY_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace fusebox {

// Interprets bytes as a terminal of a given size does. It knows only the escape
// sequences that the tool writes.
class Terminal {
 public:
  Terminal(size_t rows, size_t columns);

  void Resize(size_t rows, size_t columns);
  void Write(const std::string& bytes);

  // Returns true if it shows a complete frame, and not a half-drawn one on the
  // alternate screen.
  bool whole() const { return !alternate_ || whole_; }

  // Returns the lines, without spaces at their ends.
  std::string Text() const;

  // Returns the colour of the first cell of `text` in the last line that
  // contains it, as the number in the escape sequence. Returns 0 if it has no
  // colour, and -1 if no line contains the text.
  int ColourOf(const std::string& text) const;

  bool alternate() const { return alternate_; }
  bool cursor() const { return cursor_; }

  // Returns unknown sequences, and characters beyond the right edge.
  const std::string& complaints() const { return complaints_; }

 private:
  struct Cell {
    std::string text = " ";
    int colour = 0;
  };

  size_t Escape(const std::string& bytes, size_t at);
  void Control(char final, const std::string& parameters);
  void Put(const std::string& character);
  void Clear(size_t row, size_t from);

  size_t columns_;
  std::vector<std::vector<Cell>> cells_;
  size_t row_ = 0;
  size_t column_ = 0;
  int colour_ = 0;
  bool alternate_ = false;
  bool cursor_ = true;
  bool whole_ = true;
  std::string pending_;  // an incomplete sequence or character
  std::string complaints_;
};

class Pty {
 public:
  struct Options {
    size_t rows = 24;
    size_t columns = 140;
    std::vector<std::string> environment = {"TERM=xterm"};
  };

  // Runs `fusebox ARGUMENT...`.
  explicit Pty(const std::vector<std::string>& arguments)
      : Pty(arguments, Options()) {}
  Pty(const std::vector<std::string>& arguments, const Options& options);

  // Runs a command line in a shell with job control. The variable FUSEBOX is
  // the path of the tool.
  static Pty Shell(const std::string& line);

  ~Pty();

  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  void Type(const std::string& keys);
  void Send(int signal);
  void Resize(size_t rows, size_t columns);

  // Takes the terminal away, as when its window is closed.
  void HangUp();

  void Await(const std::string& what, const std::function<bool()>& is_so);
  void AwaitText(const std::string& text);
  void AwaitNoText(const std::string& text);

  // Reads to the end. Returns the exit code, or 128 plus the signal that ended
  // it.
  int AwaitExit();

  const Terminal& terminal() const { return terminal_; }
  std::string Text() const { return terminal_.Text(); }
  bool Shows(const std::string& text) const;

  // Returns all bytes that the tool has written so far.
  const std::string& bytes() const { return bytes_; }

  // Returns true if input is echoed and is read line by line.
  bool IsCooked() const;

 private:
  explicit Pty(const std::string& shell_line);
  void Start(const std::vector<std::string>& command, const Options& options);
  bool Read();      // returns false at the end
  bool ShowNext();  // shows up to one frame; false if nothing is left

  Terminal terminal_;
  std::string bytes_;
  std::string unseen_;  // read but not yet shown
  pid_t pid_ = -1;
  int fd_ = -1;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_PTY_H_
