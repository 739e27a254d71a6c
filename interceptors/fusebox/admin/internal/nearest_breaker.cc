#include "fusebox/admin/internal/nearest_breaker.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "fusebox/base/edit_distance.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {
namespace {

constexpr size_t kMaxLetters = 128;  // of a name that is looked at
constexpr size_t kMaxNames = 500;

size_t Size(const BreakerName& name) {
  return name.target.size() + name.method.size() + name.key.size();
}

}  // namespace

std::optional<BreakerName> NearestBreaker(
    const BreakerName& name, const std::vector<BreakerName>& names) {
  if (Size(name) > kMaxLetters) return std::nullopt;
  size_t least = Size(name) / 2 + 1;
  std::optional<BreakerName> nearest;
  for (size_t i = 0; i < std::min(names.size(), kMaxNames); ++i) {
    const BreakerName& known = names[i];
    if (Size(known) > kMaxLetters) continue;
    // What was left out costs nothing: a method without its target is near.
    size_t distance = EditDistance(name.method, known.method);
    if (!name.target.empty()) {
      distance += EditDistance(name.target, known.target);
    }
    if (!name.key.empty()) distance += EditDistance(name.key, known.key);
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  return nearest;
}

}  // namespace fusebox::internal
