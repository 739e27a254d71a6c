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

// Return its two parts: all but the time at its end, which is the same for many
// calls, and that time, or an empty text if it does not end in one.
FUSEBOX_EXPORT std::string RejectionHead(std::string_view name,
                                         const Rejection& rejection);
FUSEBOX_EXPORT std::string RejectionTail(const Rejection& rejection);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_REJECTION_TEXT_H_
