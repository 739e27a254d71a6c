#include "tools/replay/call_log.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/policy/status_code.h"

namespace fusebox::tool {
namespace {

// Half of what a clock with nanoseconds can hold, so that the sum of a start
// and a duration fits.
constexpr int64_t kMaxMicros = std::numeric_limits<int64_t>::max() / 2000;
constexpr uint64_t kProgressEvery = 1 << 20;

constexpr std::array<const char*, 5> kColumns = {
    "start_us", "duration_us", "method", "code", "pushback_ms"};
constexpr size_t kColumnsWithoutPushback = 4;

std::string Header(size_t columns) {
  return absl::StrJoin(kColumns.begin(), kColumns.begin() + columns, ",");
}

struct LineProblem {
  size_t offset;  // of the field in its line
  std::string rule;
  std::string value;
};

bool IsInteger(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// Converts an integer. If an int64_t cannot hold it, returns the nearest value
// that it can.
int64_t ToInteger(std::string_view text) {
  int64_t value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  return text[0] == '-' ? std::numeric_limits<int64_t>::min()
                        : std::numeric_limits<int64_t>::max();
}

bool ParseMicros(std::string_view text, int64_t* value) {
  if (!IsInteger(text)) return false;
  *value = ToInteger(text);
  return *value >= 0 && *value <= kMaxMicros;
}

bool ParseCode(std::string_view text, int* code) {
  if (IsInteger(text)) {
    const int64_t number = ToInteger(text);
    const bool known = number >= 0 && number < kStatusCodeCount;
    *code = static_cast<int>(
        CanonicalCode(known ? static_cast<int>(number) : kStatusCodeCount));
    return true;
  }
  for (int i = 0; i < kStatusCodeCount; ++i) {
    if (StatusCodeName(i) == text) {
      *code = i;
      return true;
    }
  }
  return false;
}

// Splits a line into `count` fields. Returns false if it has more or fewer, and
// sets `*found` to their number.
bool Split(std::string_view line, size_t count, std::string_view* fields,
           size_t* found) {
  *found = 1;
  for (;;) {
    const size_t comma = line.find(',');
    if (*found <= count) fields[*found - 1] = line.substr(0, comma);
    if (comma == std::string_view::npos) return *found == count;
    line.remove_prefix(comma + 1);
    ++*found;
  }
}

std::optional<LineProblem> ParseLine(std::string_view line, bool has_pushback,
                                     RecordedCall* call) {
  std::array<std::string_view, kColumns.size()> fields;
  const size_t count = has_pushback ? kColumns.size() : kColumnsWithoutPushback;
  size_t found;
  if (!Split(line, count, fields.data(), &found)) {
    return LineProblem{0,
                       "must have " + std::to_string(count) + " fields (" +
                           Header(count) + "), has " + std::to_string(found),
                       ""};
  }
  const auto problem = [&](size_t column, const std::string& rule) {
    const std::string_view field = fields[column];
    return LineProblem{static_cast<size_t>(field.data() - line.data()),
                       std::string(kColumns[column]) + " must be " + rule,
                       Quoted(field)};
  };
  for (const auto& [column, value] :
       {std::pair(size_t{0}, &call->start_us), {1, &call->duration_us}}) {
    if (!ParseMicros(fields[column], value)) {
      return problem(column,
                     "an integer in [0, " + std::to_string(kMaxMicros) + "]");
    }
  }
  call->method = fields[2];
  if (call->method.empty()) {
    return problem(2, "a name like /shop.v1.Cart/Checkout");
  }
  if (!ParseCode(fields[3], &call->code)) {
    return problem(3, "a status code like UNAVAILABLE or 14");
  }
  call->pushback_ms = 0;
  if (has_pushback && !fields[4].empty()) {
    if (!IsInteger(fields[4])) return problem(4, "an integer or empty");
    call->pushback_ms = std::max<int64_t>(0, ToInteger(fields[4]));
  }
  return std::nullopt;
}

std::string Reason() { return std::strerror(errno); }

// Returns true if the file can be read twice.
bool IsRegular(std::FILE* file) {
  struct stat status;
  return fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode);
}

// Copies the rest of `from` to a temporary file that is deleted when it is
// closed.
std::FILE* Spool(std::FILE* from) {
  std::FILE* const to = std::tmpfile();
  if (to == nullptr) return nullptr;
  std::array<char, 1 << 16> buffer;
  while (const size_t size =
             std::fread(buffer.data(), 1, buffer.size(), from)) {
    if (std::fwrite(buffer.data(), 1, size, to) != size) {
      std::fclose(to);
      return nullptr;
    }
  }
  if (std::ferror(from) != 0 || std::fflush(to) != 0) {
    std::fclose(to);
    return nullptr;
  }
  std::rewind(to);
  return to;
}

}  // namespace

bool LineReader::Next(std::string_view* line) {
  size_t searched = begin_;
  for (;;) {
    const char* const start = buffer_.data() + begin_;
    const void* const newline =
        std::memchr(buffer_.data() + searched, '\n', end_ - searched);
    if (newline != nullptr || (at_end_ && begin_ < end_)) {
      const char* const stop = newline != nullptr
                                   ? static_cast<const char*>(newline)
                                   : buffer_.data() + end_;
      *line = {start, static_cast<size_t>(stop - start)};
      begin_ += line->size() + (newline != nullptr ? 1 : 0);
      if (!line->empty() && line->back() == '\r') line->remove_suffix(1);
      ++line_number_;
      return true;
    }
    if (at_end_) return false;
    std::memmove(buffer_.data(), start, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    searched = end_;
    if (end_ == buffer_.size()) {
      ++line_number_;
      too_long_ = true;
      return false;
    }
    const size_t got =
        std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_);
    end_ += got;
    if (got == 0) {
      at_end_ = true;
      failed_ = std::ferror(file_) != 0;
      if (failed_) return false;
    }
  }
}

std::unique_ptr<CallLog> CallLog::Open(const std::string& path,
                                       Progress progress, Problems* problems) {
  const std::string name = path == "-" ? "standard input" : path;
  std::FILE* opened = path == "-" ? stdin : std::fopen(path.c_str(), "re");
  if (opened == nullptr) {
    problems->push_back({name, "cannot be opened: " + Reason()});
    return nullptr;
  }
  File file(opened == stdin ? nullptr : opened);
  if (!IsRegular(opened) || opened == stdin) {
    file.reset(Spool(opened));
    if (file == nullptr) {
      problems->push_back({name, "cannot be copied: " + Reason()});
      return nullptr;
    }
  }
  std::unique_ptr<CallLog> log(new CallLog(std::move(file)));
  log->Scan(name, progress, problems);
  if (!problems->empty()) return nullptr;
  log->Rewind();
  if (!log->sorted_) log->Sort(progress);
  return log;
}

void CallLog::Scan(const std::string& path, Progress progress,
                   Problems* problems) {
  const auto report = [&](size_t offset, std::string rule,
                          std::string value = "") {
    problems->push_back({path + ":" + std::to_string(lines_->line_number()) +
                             ":" + std::to_string(offset + 1),
                         std::move(rule), std::move(value)});
  };
  lines_ = std::make_unique<LineReader>(file_.get());
  std::string_view line;
  const std::string with = Header(kColumns.size());
  const std::string without = Header(kColumnsWithoutPushback);
  if (!lines_->Next(&line)) line = "";
  if (line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);
  has_pushback_ = line == with;
  if (!has_pushback_ && line != without) {
    problems->push_back({path + ":1:1",
                         "the header must be " + with + " or " + without,
                         Quoted(line)});
    return;
  }
  int64_t latest_us = 0;
  while (problems->size() < kMaxProblems && lines_->Next(&line)) {
    RecordedCall call;
    if (const auto problem = ParseLine(line, has_pushback_, &call)) {
      report(problem->offset, problem->rule, problem->value);
      continue;
    }
    if (call.start_us < latest_us) sorted_ = false;
    latest_us = call.start_us;
    if (++size_ % kProgressEvery == 0) progress("scanned", size_);
  }
  if (lines_->too_long()) {
    report(0, "must be at most " + std::to_string(LineReader::kMaxBytes) +
                  " bytes long");
  }
  if (lines_->failed()) report(0, "cannot be read: " + Reason());
}

void CallLog::Rewind() {
  std::rewind(file_.get());
  lines_ = std::make_unique<LineReader>(file_.get());
  std::string_view header;
  lines_->Next(&header);
}

bool CallLog::ReadNext(RecordedCall* call) {
  std::string_view line;
  if (!lines_->Next(&line)) return false;
  call->line = lines_->line_number();
  return !ParseLine(line, has_pushback_, call);
}

void CallLog::Sort(Progress progress) {
  calls_.reserve(size_);
  RecordedCall call;
  while (ReadNext(&call)) {
    call.method = *methods_.emplace(call.method).first;
    calls_.push_back(call);
  }
  progress("sorting", size_);
  std::stable_sort(calls_.begin(), calls_.end(),
                   [](const RecordedCall& a, const RecordedCall& b) {
                     return a.start_us < b.start_us;
                   });
}

bool CallLog::Next(RecordedCall* call) {
  if (sorted_) return ReadNext(call);
  if (next_ == calls_.size()) return false;
  *call = calls_[next_++];
  return true;
}

}  // namespace fusebox::tool
