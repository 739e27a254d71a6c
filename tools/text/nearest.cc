#include "tools/text/nearest.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "fusebox/base/text.h"

namespace fusebox::tool {
namespace {

// Returns the first 512 bytes of the name in lower case.
std::string Folded(std::string_view name) {
  constexpr size_t kMaxBytes = 512;
  return absl::AsciiStrToLower(std::string(name.substr(0, kMaxBytes)));
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
