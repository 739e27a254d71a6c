#include "fusebox/policy/internal/scope.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {
namespace {

// A policy, its path, and the name of its methods.
struct Place {
  std::string path;
  std::string owner;
  const Policy* policy;
};

std::string Owner(const MethodName& name) {
  if (name.service.empty()) return "every method";
  return Quoted(name.service + (name.method.empty() ? "" : "/" + name.method));
}

// Compares the policies that share a breaker with the first of them.
class Shared {
 public:
  Shared(std::string breaker, Problems* problems)
      : breaker_(std::move(breaker)), problems_(problems) {}

  void Add(const Place& place) {
    if (first_.policy == nullptr) {
      first_ = place;
    } else if (*place.policy != *first_.policy &&
               reported_.insert(place.path).second) {
      problems_->push_back(
          {place.path, "must equal the policy of " + first_.owner +
                           ", with which it shares " + breaker_});
    }
  }

 private:
  const std::string breaker_;
  Problems* const problems_;
  Place first_{"", "", nullptr};
  std::set<std::string> reported_;  // paths: an entry may have many names
};

}  // namespace

std::string_view ServiceOf(std::string_view full_method) {
  if (full_method.empty() || full_method[0] != '/') return {};
  const size_t slash = full_method.find('/', 1);
  return slash == std::string_view::npos ? std::string_view()
                                         : full_method.substr(1, slash - 1);
}

void CheckScopes(const Config& config, Problems* problems) {
  Place fallback = {"default_policy", Owner({}), &config.default_policy};
  std::map<std::string, std::map<std::string, Place>> services;
  for (size_t i = 0; i < config.method_policy.size(); ++i) {
    const MethodPolicy& entry = config.method_policy[i];
    for (const MethodName& name : entry.name) {
      const Place place = {ElementPath("method_policy", i) + ".policy",
                           Owner(name), &entry.policy};
      if (name.service.empty()) {
        fallback = place;
      } else {
        services[name.service].insert({name.method, place});
      }
    }
  }

  Shared channel("the channel's breaker", problems);
  if (fallback.policy->scope == Scope::kChannel) channel.Add(fallback);
  const auto share = [&](const Place& place, Shared* service) {
    if (place.policy->scope == Scope::kChannel) channel.Add(place);
    if (place.policy->scope == Scope::kService) service->Add(place);
  };
  for (const auto& [name, methods] : services) {
    Shared service("the breaker of service " + Quoted(name), problems);
    // The policy of the methods that no entry names.
    if (methods.count("") == 0) share(fallback, &service);
    for (const auto& [method, place] : methods) share(place, &service);
  }
}

}  // namespace fusebox::internal
