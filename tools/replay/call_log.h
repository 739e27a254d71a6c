// call_log.h: reads recorded calls from CSV, in the order of their starts.
//
// call_columns.h describes the columns. Blank lines are ignored.
//
// The log scans the whole file before it returns the first call, so that it
// finds a problem at the end of the file before anything is replayed. A file
// that is sorted by start_us is then read a second time, in constant memory.
// Any other file is loaded into memory and sorted; calls with equal starts keep
// their order. Input that cannot be read twice (a pipe) is first copied to a
// temporary file.

#ifndef FUSEBOX_TOOLS_REPLAY_CALL_LOG_H_
#define FUSEBOX_TOOLS_REPLAY_CALL_LOG_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fusebox/base/problem.h"
#include "tools/replay/call_columns.h"

namespace fusebox::tool {

// Reads a file line by line. A line has at most kMaxBytes bytes.
class LineReader {
 public:
  static constexpr size_t kMaxBytes = size_t{1} << 20;

  explicit LineReader(std::FILE* file) : file_(file), buffer_(kMaxBytes) {}

  // Reads the next line, without its end (LF or CR LF). Returns false at the
  // end of the file, if a read fails (failed()), or if the line is too long
  // (too_long()). The view is valid until the next call.
  bool Next(std::string_view* line);

  uint64_t line_number() const { return line_number_; }
  bool too_long() const { return too_long_; }
  bool failed() const { return failed_; }

 private:
  std::FILE* const file_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // where the data begins that Next() has not returned
  size_t end_ = 0;
  uint64_t line_number_ = 0;
  bool at_end_ = false;
  bool too_long_ = false;
  bool failed_ = false;
};

class CallLog {
 public:
  // The scan stops after this many problems.
  static constexpr size_t kMaxProblems = 20;

  // Called from time to time with the number of calls read so far.
  using Progress = void (*)(const char* what, uint64_t calls);

  // Opens `path`, or standard input if it is "-". Returns null if the input
  // cannot be used. Then `*problems` has the reasons, each with
  // "path:line:column".
  static std::unique_ptr<CallLog> Open(const std::string& path,
                                       Progress progress, Problems* problems);

  // Reads the next call, ordered by start_us and then by line. Returns false
  // after the last call.
  bool Next(RecordedCall* call);

  uint64_t size() const { return size_; }

  // Returns whether the file has the calls in the order of their starts.
  bool sorted() const { return sorted_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closer>;

  explicit CallLog(File file) : file_(std::move(file)) {}

  void Scan(const std::string& path, Progress progress, Problems* problems);
  // Reads the next line that is not blank.
  bool NextLine(std::string_view* line);
  bool ReadNext(RecordedCall* call);
  void Rewind();
  void Sort(Progress progress);

  File file_;
  std::unique_ptr<LineReader> lines_;
  CallColumns columns_;
  bool sorted_ = true;
  uint64_t size_ = 0;

  // The calls of a file that is not sorted.
  std::unordered_set<std::string> methods_;
  std::vector<RecordedCall> calls_;
  size_t next_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_CALL_LOG_H_
