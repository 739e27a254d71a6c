#include "tools/text/nearest.h"

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/edit_distance.h"

namespace fusebox::tool {
namespace {

constexpr size_t kMostBytes = 512;  // of a name, that are looked at

std::string Folded(std::string_view name) {
  std::string folded(name.substr(0, kMostBytes));
  for (char& c : folded) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

}  // namespace

std::string Nearest(std::string_view wanted,
                    const std::vector<std::string>& names) {
  std::string nearest;
  size_t least = 0;
  for (const std::string& name : names) {
    const size_t distance = EditDistance(Folded(wanted), Folded(name));
    if (!nearest.empty() && distance >= least) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

}  // namespace fusebox::tool
