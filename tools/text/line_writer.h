// line_writer.h: writes to standard output for as long as somebody reads it.
//
//   LineWriter out;
//   Feed feed([&](const std::string& line) { out.Write(line); });
//   const std::string why = out.AwaitEnd();  // of `head -n 2`, for example
//
// A command that prints what happens may have nothing to print for hours. It
// must still end when its reader does.

#ifndef FUSEBOX_TOOLS_TEXT_LINE_WRITER_H_
#define FUSEBOX_TOOLS_TEXT_LINE_WRITER_H_

#include <string>

#include "fusebox/base/mutex.h"

namespace fusebox::tool {

// Thread-safe.
class LineWriter {
 public:
  LineWriter();
  ~LineWriter();

  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Writes the text at once. Does nothing after a write has failed.
  void Write(const std::string& text);

  // Blocks until a write has failed or nobody reads standard output any more,
  // and returns why: "No space left on device". If the reader is gone, SIGPIPE
  // ends the process instead, as a write would, unless it is ignored.
  std::string AwaitEnd();

 private:
  Mutex mu_;
  int error_ FUSEBOX_GUARDED_BY(mu_) = 0;
  int failed_[2] = {-1, -1};  // a pipe whose write end closes after a failure
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_TEXT_LINE_WRITER_H_
