#include "fusebox/testing/internal/find_breaker.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "fusebox/core/breaker.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {
namespace {

absl::Status NeverBroken(std::string_view method) {
  return absl::NotFoundError(
      std::string(method) +
      " has no circuit breaker unless the config names it");
}

// Returns the name as a C++ initializer.
std::string Text(const BreakerName& name) {
  return "{\"" + name.target + "\", \"" + name.method + "\", \"" + name.key +
         "\"}";
}

}  // namespace

absl::StatusOr<std::shared_ptr<Breaker>> FindBreaker(Registry& registry,
                                                     const BreakerName& name) {
  for (Registry::BreakerInUse& in_use : registry.BreakersInUse()) {
    if (in_use.name == name) return std::move(in_use.breaker);
  }
  auto made = registry.FindBreaker(name.target, name.method, name.key);
  if (made == nullptr) return NeverBroken(name.method);
  return made;
}

absl::StatusOr<std::shared_ptr<Breaker>> FindBreaker(Registry& registry,
                                                     std::string_view method) {
  const auto policies = *PolicyTable::Create(registry.config_in_force().config);
  const Policy* const policy = policies->Find(method);
  if (policy == nullptr) return NeverBroken(method);
  const std::string_view key = BreakerKey(policy->scope, method);
  std::vector<std::shared_ptr<Breaker>> found;
  std::vector<std::string> found_names;
  std::vector<std::string> all_names;
  for (const Registry::BreakerInUse& in_use : registry.BreakersInUse()) {
    all_names.push_back(Text(in_use.name));
    if (in_use.name.method != key) continue;
    found.push_back(in_use.breaker);
    found_names.push_back(all_names.back());
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    return absl::NotFoundError(
        "calls of " + std::string(method) + " have met " +
        std::to_string(found.size()) +
        " breakers. Give the BreakerName of one of them: " +
        absl::StrJoin(found_names, ", "));
  }
  return absl::NotFoundError(
      "no call of " + std::string(method) +
      " has met a breaker yet. Make one first, or give the BreakerName. There "
      "are these breakers: " +
      (all_names.empty() ? "none" : absl::StrJoin(all_names, ", ")));
}

}  // namespace fusebox::internal
