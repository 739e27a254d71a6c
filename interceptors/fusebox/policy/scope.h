// scope.h: finds out which methods share a breaker (Policy::scope).

#ifndef FUSEBOX_POLICY_SCOPE_H_
#define FUSEBOX_POLICY_SCOPE_H_

#include <string_view>

#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// Returns "shop.v1.Cart" for "/shop.v1.Cart/Checkout". Returns an empty text
// for a text of another form.
std::string_view ServiceOf(std::string_view full_method);

// Returns the name of the breaker that `full_method` has on its channel target:
// the full method for kMethod, the service for kService, and an empty text for
// kChannel. A text that is not a full method name belongs to no service, and
// has a breaker of its own under kService.
std::string_view BreakerKey(Scope scope, std::string_view full_method);

// Adds a problem for each policy that shares a breaker with another one and
// differs from it.
void CheckScopes(const Config& config, Problems* problems);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_SCOPE_H_
