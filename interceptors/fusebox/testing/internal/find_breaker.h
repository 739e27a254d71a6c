// find_breaker.h: finds the breaker that a test means.

#ifndef FUSEBOX_TESTING_INTERNAL_FIND_BREAKER_H_
#define FUSEBOX_TESTING_INTERNAL_FIND_BREAKER_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/breaker.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Returns the breaker with this name, which is created if no call has met it
// yet. Error: NOT_FOUND if calls of `name.method` are never broken.
FUSEBOX_EXPORT absl::StatusOr<std::shared_ptr<Breaker>> FindBreaker(
    Registry& registry, const BreakerName& name);

// Returns the only breaker that calls of `method` have met. Error: NOT_FOUND if
// there is none or more than one, with the names that there are.
FUSEBOX_EXPORT absl::StatusOr<std::shared_ptr<Breaker>> FindBreaker(
    Registry& registry, std::string_view method);

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTING_INTERNAL_FIND_BREAKER_H_
