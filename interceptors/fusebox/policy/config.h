// config.h: the policies of all methods.
//
//   fusebox::Config config;
//   config.default_policy = fusebox::Policy::Responsive();
//   fusebox::Policy checkout = config.default_policy;
//   checkout.open_duration = std::chrono::seconds(5);
//   config.method_policy.push_back({{{"shop.v1.Cart", "Checkout"}}, checkout});
//
// A Config is a plain value. Most programs read it from a file
// (LoadConfigFile() in config_parser.h) or use ConfigBuilder, which both let a
// method's policy inherit from the default one. Registry::Create() takes it
// from there.
//
// A method's policy is found as in gRPC's service config
// (grpc/service_config/service_config.proto, MethodConfig): an entry for the
// method comes first, then one for its service, then one for every method, and
// then the default policy.

#ifndef FUSEBOX_POLICY_CONFIG_H_
#define FUSEBOX_POLICY_CONFIG_H_

#include <string>
#include <vector>

#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// The name of one method. Without a method, it names all methods of a service;
// without either, every method.
struct MethodName {
  std::string service;  // "shop.v1.Cart"
  std::string method;   // "Checkout"
};
FUSEBOX_EXPORT bool operator==(const MethodName& a, const MethodName& b);

// One policy and the methods that have it.
struct MethodPolicy {
  std::vector<MethodName> name;  // at least one
  Policy policy;                 // complete: it inherits nothing
};
FUSEBOX_EXPORT bool operator==(const MethodPolicy& a, const MethodPolicy& b);

struct FUSEBOX_EXPORT Config {
  // The policy of the methods that no entry names.
  Policy default_policy;

  // The policies of named methods, in any order. A name may be given once.
  std::vector<MethodPolicy> method_policy;

  // Returns every problem of every policy and every name. A name is wrong if it
  // has a method and no service, if a part of it is not a name of protobuf, or
  // if it is given twice.
  // An entry needs a name. Policies that share a breaker (Policy::scope) must
  // be equal.
  Problems Validate() const;
};
FUSEBOX_EXPORT bool operator==(const Config& a, const Config& b);
FUSEBOX_EXPORT bool operator!=(const Config& a, const Config& b);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_CONFIG_H_
