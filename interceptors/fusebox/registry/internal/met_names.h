// met_names.h: remembers which names of a config calls have met.

#ifndef FUSEBOX_REGISTRY_INTERNAL_MET_NAMES_H_
#define FUSEBOX_REGISTRY_INTERNAL_MET_NAMES_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/base/internal/export.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/method_snapshot.h"

namespace fusebox::internal {

// Not thread-safe.
class FUSEBOX_EXPORT MetNames {
 public:
  // Notes that a call has met this method, if the config names it or its
  // service. Other names are not kept: callers can invent any number.
  void Add(std::string_view full_method, const PolicyTable& policies);

  // Returns the names of the config that no call has met, in its order. Calls
  // have also met `methods`.
  std::vector<UnusedName> Unused(const PolicyTable& policies,
                                 const std::vector<std::string>& methods) const;

 private:
  // "/shop.v1.Cart/Checkout" and "/shop.v1.Cart/"
  std::set<std::string, std::less<>> names_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_MET_NAMES_H_
