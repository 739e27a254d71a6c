// scope.h: which methods share a breaker.

#ifndef FUSEBOX_POLICY_INTERNAL_SCOPE_H_
#define FUSEBOX_POLICY_INTERNAL_SCOPE_H_

#include <string_view>

#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

// "/shop.v1.Cart/Checkout" -> "shop.v1.Cart"; empty if it has not that form.
std::string_view ServiceOf(std::string_view full_method);

// Policies that share a breaker and are not equal.
void CheckScopes(const Config& config, Problems* problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_POLICY_INTERNAL_SCOPE_H_
