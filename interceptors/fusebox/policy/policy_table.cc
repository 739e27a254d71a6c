#include "fusebox/policy/policy_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/policy/config.h"
#include "fusebox/policy/internal/scope.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

using internal::ServiceOf;

namespace {

constexpr std::string_view kNeverBroken[] = {
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
    "/grpc.channelz.v1.Channelz/",
    "/fusebox.v1.BreakerAdmin/",
};

// "/s/m" -> "/s/"; empty if it has not that form.
std::string_view ServicePrefix(std::string_view full_method) {
  const std::string_view service = ServiceOf(full_method);
  return service.empty() ? std::string_view()
                         : full_method.substr(0, service.size() + 2);
}

}  // namespace

PolicyTable::PolicyTable(Config config) : config_(std::move(config)) {
  by_name_[""] = &config_.default_policy;
  for (const MethodPolicy& entry : config_.method_policy) {
    for (const MethodName& name : entry.name) {
      by_name_[name.service.empty() ? ""
                                    : "/" + name.service + "/" + name.method] =
          &entry.policy;
    }
  }
}

bool PolicyTable::Names(std::string_view full_method) const {
  return !full_method.empty() && by_name_.find(full_method) != by_name_.end();
}

const Policy* PolicyTable::Find(std::string_view full_method) const {
  const std::string_view service = ServicePrefix(full_method);
  for (const std::string_view key : {full_method, service}) {
    if (key.empty()) continue;
    if (const auto found = by_name_.find(key); found != by_name_.end()) {
      return found->second;
    }
  }
  if (std::find(std::begin(kNeverBroken), std::end(kNeverBroken), service) !=
      std::end(kNeverBroken)) {
    return nullptr;
  }
  return by_name_.find("")->second;
}

std::string_view BreakerKey(Scope scope, std::string_view full_method) {
  switch (scope) {
    case Scope::kMethod:
      return full_method;
    case Scope::kService: {
      const std::string_view service = ServiceOf(full_method);
      return service.empty() ? full_method : service;
    }
    case Scope::kChannel:
      return {};
  }
  return full_method;
}

}  // namespace fusebox
