#include "fusebox/base/problem.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace fusebox {
namespace {

// Replaces `placeholder` in `rule`. Returns false if the rule does not have it.
bool Fill(std::string_view placeholder, const std::string& text,
          std::string* rule) {
  const size_t at = rule->find(placeholder);
  if (at == std::string::npos) return false;
  rule->replace(at, placeholder.size(), text);
  return true;
}

}  // namespace

std::string ToString(const Problem& problem) {
  std::string rule = problem.rule;
  std::string other = problem.other;
  if (!problem.other_value.empty()) {
    other += ", which is " + problem.other_value;
  }
  if (!other.empty()) Fill("{other}", other, &rule);
  if (!problem.value.empty() && !Fill("{value}", problem.value, &rule)) {
    rule += ", is " + problem.value;
  }
  return problem.path + ": " + rule;
}

std::ostream& operator<<(std::ostream& os, const Problem& problem) {
  return os << ToString(problem);
}

bool operator==(const Problem& a, const Problem& b) {
  return ToString(a) == ToString(b);
}

std::string ElementPath(const std::string& list, size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

std::string ToString(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += (text.empty() ? "" : "; ") + ToString(problem);
  }
  return text;
}

}  // namespace fusebox
