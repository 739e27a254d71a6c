// labels.h: the labels by which metrics tell breakers apart.
//
//   breaker of                                  grpc_service   grpc_method
//   the method "/shop.v1.Cart/Checkout"         shop.v1.Cart   Checkout
//   a service, by its policy's scope            shop.v1.Cart
//   a channel, by its policy's scope
//   a text that is no full method name                         other
//   methods beyond their target's limits                       other
//   all breakers together that have left                       retired
//
// Callers of a generic stub can make up any method name. Names of the right
// form that the config does not mention have labels of their own, but at most
// Registry::Options::max_unnamed_methods of them. Keys, which the application
// chooses, have at most max_keyed_methods, per target. All further names become
// "other". So the number of label sets is bounded.

#ifndef FUSEBOX_METRICS_INTERNAL_LABELS_H_
#define FUSEBOX_METRICS_INTERNAL_LABELS_H_

#include <string>

#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {

// The values of kBreakerLabels, in that order. They are UTF-8: a name that is
// not is escaped as in C.
struct BreakerLabels {
  std::string target;   // the channel's, or the name of its factory
  std::string service;  // "shop.v1.Cart"
  std::string method;   // "Checkout"
  std::string key;      // mostly empty: to Prometheus, that is no label
};
bool operator==(const BreakerLabels& a, const BreakerLabels& b);
bool operator<(const BreakerLabels& a, const BreakerLabels& b);

// The `method` of all breakers together that have left a registry.
inline constexpr char kRetired[] = "retired";

// Returns the labels of a registry's breaker whose policy has this scope.
BreakerLabels LabelsOf(const BreakerName& name, Scope scope);

}  // namespace fusebox::internal

#endif  // FUSEBOX_METRICS_INTERNAL_LABELS_H_
