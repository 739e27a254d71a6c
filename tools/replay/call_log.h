// call_log.h: recorded traffic, read from CSV in the order of its starts.
//
//   start_us,duration_us,method,code,pushback_ms
//   1000,250,/shop.v1.Cart/Checkout,OK,
//   1500,20000,/shop.v1.Cart/Checkout,UNAVAILABLE,3000
//
// Times are integers in [0, 4611686018427387]. `code` is a status code's name
// or number; a number outside 0..16 is UNKNOWN. The column `pushback_ms` may
// be left out, and so may its values; one below 0 ("do not retry") is none.
//
// A file is scanned before the first call comes out, so that nothing happens
// on account of one that is broken further down. One that is sorted by
// start_us is then read a second time, in constant memory; one that is not is
// taken into memory and sorted, calls that start together staying in order.
// What cannot be read twice (a pipe) is copied to a temporary file first.

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
#include "fusebox/core/settings.h"

namespace fusebox::tool {

// One call as it was recorded.
struct RecordedCall {
  int64_t start_us = 0;
  int64_t duration_us = 0;
  std::string_view method;  // valid until the next call is read
  int code = 0;             // in [0, 16]
  int64_t pushback_ms = 0;  // 0: none
  uint64_t line = 0;        // in the file; the header is line 1
};

// The lines of a file, one after the other. At most kMaxBytes long.
class LineReader {
 public:
  static constexpr size_t kMaxBytes = size_t{1} << 20;

  explicit LineReader(std::FILE* file) : file_(file), buffer_(kMaxBytes) {}

  // The next line without its end (LF or CR LF); false at the end of the file
  // and where it cannot be read on (failed()) or the line is too long
  // (too_long()). The view is good until the next call.
  bool Next(std::string_view* line);

  uint64_t line_number() const { return line_number_; }
  bool too_long() const { return too_long_; }
  bool failed() const { return failed_; }

 private:
  std::FILE* const file_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // of what is not handed out yet
  size_t end_ = 0;
  uint64_t line_number_ = 0;
  bool at_end_ = false;
  bool too_long_ = false;
  bool failed_ = false;
};

class CallLog {
 public:
  // Problems of a file after which the scan gives up.
  static constexpr size_t kMaxProblems = 20;

  // Told now and then how many calls have been read.
  using Progress = void (*)(const char* what, uint64_t calls);

  // Opens `path`, or standard input for "-". Null if it cannot be used;
  // `*problems` says why, each with "path:line:column".
  static std::unique_ptr<CallLog> Open(const std::string& path,
                                       Progress progress, Problems* problems);

  // The next call by start_us, then by line; false after the last one.
  bool Next(RecordedCall* call);

  uint64_t size() const { return size_; }

  // Whether the calls stand in the file in the order of their starts.
  bool sorted() const { return sorted_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Closer>;

  explicit CallLog(File file) : file_(std::move(file)) {}

  void Scan(const std::string& path, Progress progress, Problems* problems);
  bool ReadNext(RecordedCall* call);
  void Rewind();
  void Sort(Progress progress);

  File file_;
  std::unique_ptr<LineReader> lines_;
  bool has_pushback_ = false;
  bool sorted_ = true;
  uint64_t size_ = 0;

  // Of a file that is not sorted.
  std::unordered_set<std::string> methods_;
  std::vector<RecordedCall> calls_;
  size_t next_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_CALL_LOG_H_
