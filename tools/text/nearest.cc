#include "tools/text/nearest.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fusebox::tool {
namespace {

constexpr size_t kMostBytes = 512;  // of a name, that are looked at

int Lower(char c) { return std::tolower(static_cast<unsigned char>(c)); }

// Levenshtein's.
size_t Distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kMostBytes);
  b = b.substr(0, kMostBytes);
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t corner = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t change = corner + (Lower(a[i]) == Lower(b[j]) ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Nearest(std::string_view wanted,
                    const std::vector<std::string>& names) {
  std::string nearest;
  size_t least = 0;
  for (const std::string& name : names) {
    const size_t distance = Distance(wanted, name);
    if (!nearest.empty() && distance >= least) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

}  // namespace fusebox::tool
