// nearest_breaker.h: what somebody may have meant.

#ifndef FUSEBOX_ADMIN_INTERNAL_NEAREST_BREAKER_H_
#define FUSEBOX_ADMIN_INTERNAL_NEAREST_BREAKER_H_

#include <optional>
#include <vector>

#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {

// The one of `names` that is most like `name`: with fewest letters to insert,
// delete or replace. Nothing where no name is much like it. Looks at so much
// only that it takes less than a moment, however long the names.
std::optional<BreakerName> NearestBreaker(
    const BreakerName& name, const std::vector<BreakerName>& names);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_NEAREST_BREAKER_H_
