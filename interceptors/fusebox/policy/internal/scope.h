// scope.h: finds out which methods share a breaker (Policy::scope).

#ifndef FUSEBOX_POLICY_INTERNAL_SCOPE_H_
#define FUSEBOX_POLICY_INTERNAL_SCOPE_H_

#include <string_view>

#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

// Returns "shop.v1.Cart" for "/shop.v1.Cart/Checkout". Returns an empty text
// for a text of another form.
FUSEBOX_EXPORT std::string_view ServiceOf(std::string_view full_method);

// Adds a problem for each policy that shares a breaker with another one and
// differs from it.
void CheckScopes(const Config& config, Problems* problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_POLICY_INTERNAL_SCOPE_H_
