#include "fusebox/base/problem.h"

#include <ostream>
#include <string>

namespace fusebox {

bool operator==(const Problem& a, const Problem& b) {
  return a.path == b.path && a.message == b.message;
}

std::ostream& operator<<(std::ostream& os, const Problem& problem) {
  return os << problem.path << ": " << problem.message;
}

std::string ToString(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += "; ";
    text += problem.path + ": " + problem.message;
  }
  return text;
}

}  // namespace fusebox
