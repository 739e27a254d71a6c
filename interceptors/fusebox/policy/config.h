// config.h: the policies of all methods.
//
//   fusebox::Config config;
//   config.default_policy.consecutive_failures = 10;
//   fusebox::Policy checkout = config.default_policy;
//   checkout.open_duration = std::chrono::seconds(5);
//   config.method_policy.push_back({{{"shop.v1.Cart", "Checkout"}}, checkout});
//
// Shape and matching are those of gRPC's service config
// (grpc/service_config/service_config.proto, MethodConfig): service and method
// beats service beats the default.

#ifndef FUSEBOX_POLICY_CONFIG_H_
#define FUSEBOX_POLICY_CONFIG_H_

#include <string>
#include <vector>

#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// Which methods an entry is for. No method: all of the service. Neither: all.
struct MethodName {
  std::string service;  // "shop.v1.Cart"
  std::string method;   // "Checkout"
};
FUSEBOX_EXPORT bool operator==(const MethodName& a, const MethodName& b);

struct MethodPolicy {
  std::vector<MethodName> name;  // at least one
  Policy policy;                 // complete: nothing is inherited in code
};
FUSEBOX_EXPORT bool operator==(const MethodPolicy& a, const MethodPolicy& b);

struct FUSEBOX_EXPORT Config {
  Policy default_policy;
  std::vector<MethodPolicy> method_policy;

  // Every problem of every policy, and of the names: a method without a
  // service, a slash or a space in a name, an entry without names, a name given
  // twice, policies that share a breaker (Policy::scope) and are not equal.
  Problems Validate() const;
};
FUSEBOX_EXPORT bool operator==(const Config& a, const Config& b);
FUSEBOX_EXPORT bool operator!=(const Config& a, const Config& b);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_CONFIG_H_
