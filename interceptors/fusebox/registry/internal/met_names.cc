#include "fusebox/registry/internal/met_names.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/text.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/method_snapshot.h"

namespace fusebox::internal {
namespace {

// How much is compared to find the nearest names, so that it takes no time.
constexpr size_t kMaxLetters = 128;
constexpr size_t kMaxNames = 500;
constexpr size_t kMaxSearches = 20;

// "/s/m" -> "/s/"; empty for a text of another form.
std::string_view ServiceOfMethod(std::string_view full_method) {
  const size_t slash = full_method.rfind('/');
  return slash == std::string_view::npos || slash == 0
             ? std::string_view()
             : full_method.substr(0, slash + 1);
}

// Returns the most similar one of the known names of the same kind (methods or
// services), or an empty text: at most a quarter of the letters may differ.
std::string Nearest(const std::string& name,
                    const std::set<std::string, std::less<>>& known) {
  if (name.size() > kMaxLetters) return "";
  size_t least = name.size() / 4 + 1;
  std::string nearest;
  size_t compared = 0;
  for (const std::string& other : known) {
    if (other.size() > kMaxLetters ||
        (other.back() == '/') != (name.back() == '/')) {
      continue;
    }
    if (++compared > kMaxNames) break;
    const size_t distance = EditDistance(name, other);
    if (distance >= least) continue;
    least = distance;
    nearest = other;
  }
  return nearest;
}

}  // namespace

void MetNames::Add(std::string_view full_method, const PolicyTable& policies) {
  for (const std::string_view name :
       {full_method, ServiceOfMethod(full_method)}) {
    if (policies.Names(name)) names_.emplace(name);
  }
}

std::vector<UnusedName> MetNames::Unused(
    const PolicyTable& policies,
    const std::vector<std::string>& methods) const {
  std::set<std::string, std::less<>> known = names_;
  for (const std::string& method : methods) {
    const std::string_view service = ServiceOfMethod(method);
    if (service.empty()) continue;
    known.insert(method);
    known.emplace(service);
  }
  std::vector<UnusedName> unused;
  for (const MethodPolicy& entry : policies.config().method_policy) {
    for (const MethodName& given : entry.name) {
      if (given.service.empty()) continue;  // every method
      const std::string name = "/" + given.service + "/" + given.method;
      if (known.find(name) != known.end()) continue;
      unused.push_back({name, unused.size() < kMaxSearches
                                  ? Nearest(name, known)
                                  : std::string()});
    }
  }
  return unused;
}

}  // namespace fusebox::internal
