#include "tools/replay/csv.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/strings/ascii.h"

namespace fusebox::tool {
namespace {

bool IsSpace(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c));
}

}  // namespace

std::optional<CsvProblem> CsvLine::Split(std::string_view line) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size());  // views of it stay valid
  for (size_t at = 0;;) {
    while (at < line.size() && IsSpace(line[at])) ++at;
    if (at < line.size() && line[at] == '"') {
      if (auto problem = TakeQuoted(line, &at)) return problem;
    } else {
      const size_t end = std::min(line.find(',', at), line.size());
      std::string_view text = line.substr(at, end - at);
      while (!text.empty() && IsSpace(text.back())) {
        text.remove_suffix(1);
      }
      fields_.push_back({text, at});
      at = end;
    }
    if (at == line.size()) return std::nullopt;
    ++at;  // the comma
  }
}

std::optional<CsvProblem> CsvLine::TakeQuoted(std::string_view line,
                                              size_t* at) {
  const size_t quote = *at;
  const size_t copied = unquoted_.size();
  size_t begin = quote + 1;  // of what was not copied yet
  size_t end;
  for (;;) {
    end = line.find('"', begin);
    if (end == std::string_view::npos) {
      return CsvProblem{quote, "a field in quotes must end on its line"};
    }
    if (end + 1 == line.size() || line[end + 1] != '"') break;
    unquoted_.append(line, begin, end + 1 - begin);
    begin = end + 2;
  }
  if (unquoted_.size() == copied) {
    fields_.push_back({line.substr(begin, end - begin), quote});
  } else {
    unquoted_.append(line, begin, end - begin);
    fields_.push_back({std::string_view(unquoted_).substr(copied), quote});
  }
  ++end;
  while (end < line.size() && IsSpace(line[end])) ++end;
  if (end < line.size() && line[end] != ',') {
    return CsvProblem{end, "a comma must follow a field in quotes"};
  }
  *at = end;
  return std::nullopt;
}

}  // namespace fusebox::tool
