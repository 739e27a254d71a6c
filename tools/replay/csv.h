// csv.h: splits a line of CSV into fields (RFC 4180).

#ifndef FUSEBOX_TOOLS_REPLAY_CSV_H_
#define FUSEBOX_TOOLS_REPLAY_CSV_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fusebox::tool {

struct CsvField {
  std::string_view text;  // without quotes, and without spaces around it
  size_t offset;          // where it begins in its line
};

// What is wrong with a line, and where.
struct CsvProblem {
  size_t offset;
  std::string rule;
  std::string value = {};
};

// Reuses its memory, so that a line costs no allocation. Not thread-safe.
class CsvLine {
 public:
  // Splits the line. A field in double quotes may contain commas; two quotes in
  // it mean one. It must end on its line.
  std::optional<CsvProblem> Split(std::string_view line);

  // The fields of the last line. Valid as long as that line, and until the next
  // Split().
  const std::vector<CsvField>& fields() const { return fields_; }

 private:
  // Takes a field that begins with a quote at `at`, and moves `*at` behind it.
  std::optional<CsvProblem> TakeQuoted(std::string_view line, size_t* at);

  std::vector<CsvField> fields_;
  std::string unquoted_;  // the fields that had two quotes
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_REPLAY_CSV_H_
