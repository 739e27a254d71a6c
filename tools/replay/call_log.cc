#include "tools/replay/call_log.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/problem.h"
#include "tools/replay/call_columns.h"
#include "tools/replay/csv.h"

namespace fusebox::tool {
namespace {

constexpr uint64_t kProgressEvery = 1 << 20;

// Returns the program that reads a compressed file, or nothing.
std::string_view Decompressor(std::string_view beginning) {
  static constexpr std::pair<std::string_view, std::string_view> kMagic[] = {
      {"\x1f\x8b", "zcat"},
      {"\x28\xb5\x2f\xfd", "zstdcat"},
      {"\xfd"
       "7zXZ",
       "xzcat"},
      {"BZh", "bzcat"}};
  for (const auto& [magic, program] : kMagic) {
    if (beginning.substr(0, magic.size()) == magic) return program;
  }
  return {};
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
  const auto report = [&](CsvProblem problem) {
    // An empty file lacks its first line.
    const uint64_t line = std::max<uint64_t>(1, lines_->line_number());
    problems->push_back({path + ":" + std::to_string(line) + ":" +
                             std::to_string(problem.offset + 1),
                         std::move(problem.rule), std::move(problem.value)});
  };
  std::array<char, 8> beginning;
  const size_t size =
      std::fread(beginning.data(), 1, beginning.size(), file_.get());
  std::rewind(file_.get());
  if (const auto program = Decompressor({beginning.data(), size});
      !program.empty()) {
    problems->push_back({path, "is compressed; use " + std::string(program) +
                                   " FILE | fusebox replay --calls -"});
    return;
  }
  lines_ = std::make_unique<LineReader>(file_.get());
  std::string_view line;
  if (!lines_->Next(&line)) line = "";
  if (line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);
  if (const auto problem = columns_.ReadHeader(line)) {
    report(*problem);
    return;
  }
  int64_t latest_us = 0;
  while (problems->size() < kMaxProblems && NextLine(&line)) {
    RecordedCall call;
    if (const auto problem = columns_.Read(line, &call)) {
      report(*problem);
      continue;
    }
    if (call.start_us < latest_us) sorted_ = false;
    latest_us = call.start_us;
    if (++size_ % kProgressEvery == 0) progress("scanned", size_);
  }
  if (lines_->too_long()) {
    report({0, "must be at most " + std::to_string(LineReader::kMaxBytes) +
                   " bytes long"});
  }
  if (lines_->failed()) report({0, "cannot be read: " + Reason()});
}

void CallLog::Rewind() {
  std::rewind(file_.get());
  lines_ = std::make_unique<LineReader>(file_.get());
  std::string_view header;
  lines_->Next(&header);
}

bool CallLog::NextLine(std::string_view* line) {
  do {
    if (!lines_->Next(line)) return false;
  } while (line->find_first_not_of(" \t") == std::string_view::npos);
  return true;
}

bool CallLog::ReadNext(RecordedCall* call) {
  std::string_view line;
  if (!NextLine(&line)) return false;
  call->line = lines_->line_number();
  return !columns_.Read(line, call);
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
