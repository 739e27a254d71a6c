// rejection_text.h: describes rejections and their causes for people.
//
// Programs read the fields of Rejection and Cause. The texts may change.

#ifndef FUSEBOX_POLICY_REJECTION_TEXT_H_
#define FUSEBOX_POLICY_REJECTION_TEXT_H_

#include <string>
#include <string_view>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"

namespace fusebox {

// Returns "5 consecutive failures, the last after 0.5s". If `last_call`
// describes the call that opened the circuit, returns "5 consecutive failures,
// last UNAVAILABLE: refused".
FUSEBOX_EXPORT std::string DescribeCause(const Cause& cause,
                                         std::string_view last_call = {});

// Returns "circuit breaker for <name> is OPEN: <cause>; retry after 4.2s".
FUSEBOX_EXPORT std::string DescribeRejection(std::string_view name,
                                             const Rejection& rejection);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_REJECTION_TEXT_H_
