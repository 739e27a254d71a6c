// pty.h: the fusebox tool on a terminal of its own.
//
//   Pty watch({"watch", "--admin", admin.address()});
//   watch.AwaitText("/shop.v1.Cart/Checkout");
//   watch.Type("q");
//   EXPECT_EQ(watch.AwaitExit(), 0);
//
// It keeps what the terminal shows, as a terminal would. Await...() reads until
// that is so, and looks at each frame that was drawn; a test fails that waits a
// minute.

#ifndef FUSEBOX_TESTS_TOOLS_PTY_H_
#define FUSEBOX_TESTS_TOOLS_PTY_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace fusebox {

// What a terminal of that size makes of bytes: of the escape sequences, those
// that the tool writes.
class Terminal {
 public:
  Terminal(size_t rows, size_t columns);

  void Resize(size_t rows, size_t columns);
  void Write(const std::string& bytes);

  // Whether it shows a frame, whole: no half-drawn one on the alternate screen.
  bool whole() const { return !alternate_ || whole_; }

  // The lines, without spaces at their ends.
  std::string Text() const;

  // The colour of the first cell of `text`, in the last line that has it, as
  // the sequence's number; 0: none, -1: the text is not there.
  int ColourOf(const std::string& text) const;

  bool alternate() const { return alternate_; }
  bool cursor() const { return cursor_; }

  // Sequences that it does not know; a cell beyond the right edge.
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
  std::string pending_;  // the beginning of a sequence or character
  std::string complaints_;
};

class Pty {
 public:
  struct Options {
    size_t rows = 24;
    size_t columns = 100;
    std::vector<std::string> environment = {"TERM=xterm"};
  };

  // Runs `fusebox ARGUMENT...`.
  explicit Pty(const std::vector<std::string>& arguments)
      : Pty(arguments, Options()) {}
  Pty(const std::vector<std::string>& arguments, const Options& options);

  // Runs a line of a shell that has jobs; FUSEBOX in its environment is the
  // tool.
  static Pty Shell(const std::string& line);

  ~Pty();

  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  void Type(const std::string& keys);
  void Send(int signal);
  void Resize(size_t rows, size_t columns);

  void Await(const std::string& what, const std::function<bool()>& is_so);
  void AwaitText(const std::string& text);
  void AwaitNoText(const std::string& text);

  // Reads to the end. The exit code; 128 and the signal that ended it.
  int AwaitExit();

  const Terminal& terminal() const { return terminal_; }
  std::string Text() const { return terminal_.Text(); }
  bool Shows(const std::string& text) const;

  // Everything that came so far.
  const std::string& bytes() const { return bytes_; }

  // Whether what is typed is echoed, and comes line by line.
  bool IsCooked() const;

 private:
  explicit Pty(const std::string& shell_line);
  void Start(const std::vector<std::string>& command, const Options& options);
  bool Read();      // false at the end
  bool ShowNext();  // what was read, to the end of a frame; false: nothing

  Terminal terminal_;
  std::string bytes_;
  std::string unseen_;  // read, and not shown yet
  pid_t pid_ = -1;
  int fd_ = -1;
};

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_PTY_H_
