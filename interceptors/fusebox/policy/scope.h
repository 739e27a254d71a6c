// scope.h: which methods share a breaker.

#ifndef FUSEBOX_POLICY_SCOPE_H_
#define FUSEBOX_POLICY_SCOPE_H_

#include <string_view>

#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// "/shop.v1.Cart/Checkout" -> "shop.v1.Cart"; empty if it has not that form.
std::string_view ServiceOf(std::string_view full_method);

// What names the breaker that `full_method` has on its channel target: the
// method, its service, or, for the whole channel, nothing. A text that is no
// full method name belongs to no service and has a breaker of its own there.
std::string_view BreakerKey(Scope scope, std::string_view full_method);

// Policies that share a breaker and are not equal.
void CheckScopes(const Config& config, Problems* problems);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_SCOPE_H_
