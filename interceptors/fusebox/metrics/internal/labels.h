// labels.h: how metrics tell breakers apart.
//
//   breaker of                                  grpc_service   grpc_method
//   the method "/shop.v1.Cart/Checkout"         shop.v1.Cart   Checkout
//   a service, by its policy's scope            shop.v1.Cart
//   a channel, likewise
//   a text that is no full method name                         other
//   methods beyond the registry's limits                       other
//
// The last two are names that a generic stub's caller made up. Names that have
// the right form but are in no config get a breaker each, and so labels of
// their own, up to Registry::Options::max_unnamed_methods; keys, which are the
// application's to choose, up to max_keyed_methods. So the number of label
// sets is bounded whatever names come.

#ifndef FUSEBOX_METRICS_INTERNAL_LABELS_H_
#define FUSEBOX_METRICS_INTERNAL_LABELS_H_

#include <string>

#include "fusebox/policy/policy.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {

// In the order of kBreakerLabels. UTF-8: a name that is not is escaped as in C.
struct BreakerLabels {
  std::string target;   // the channel's, or what its factory was named
  std::string service;  // "shop.v1.Cart"
  std::string method;   // "Checkout"
  std::string key;      // mostly empty, which to Prometheus is no label
};
bool operator==(const BreakerLabels& a, const BreakerLabels& b);
bool operator<(const BreakerLabels& a, const BreakerLabels& b);

// Of a registry's breaker whose policy has this scope.
BreakerLabels LabelsOf(const BreakerName& name, Scope scope);

}  // namespace fusebox::internal

#endif  // FUSEBOX_METRICS_INTERNAL_LABELS_H_
