#include "fusebox/policy/config_builder.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

ConfigBuilder& ConfigBuilder::Default(const Change& change) {
  change(default_policy_);
  return *this;
}

ConfigBuilder& ConfigBuilder::Method(std::string service, std::string method,
                                     Change change) {
  return Methods({{std::move(service), std::move(method)}}, std::move(change));
}

ConfigBuilder& ConfigBuilder::Service(std::string service, Change change) {
  return Methods({{std::move(service), ""}}, std::move(change));
}

ConfigBuilder& ConfigBuilder::Methods(std::vector<MethodName> names,
                                      Change change) {
  entries_.push_back({std::move(names), std::move(change)});
  return *this;
}

absl::StatusOr<Config> ConfigBuilder::Build() const {
  Config config;
  config.default_policy = default_policy_;
  for (const Entry& entry : entries_) {
    Policy policy = default_policy_;
    entry.change(policy);
    config.method_policy.push_back({entry.names, std::move(policy)});
  }
  if (const Problems problems = config.Validate(); !problems.empty()) {
    return absl::InvalidArgumentError(ToString(problems));
  }
  return config;
}

}  // namespace fusebox
