// rejection_text.h: a rejection, said to people.

#ifndef FUSEBOX_POLICY_REJECTION_TEXT_H_
#define FUSEBOX_POLICY_REJECTION_TEXT_H_

#include <string>
#include <string_view>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/transition.h"

namespace fusebox {

// "5 consecutive failures, the last after 0.5s"; with what is known of the call
// that was the last straw: "5 consecutive failures, last UNAVAILABLE: refused".
FUSEBOX_EXPORT std::string DescribeCause(const Cause& cause,
                                         std::string_view last_call = {});

// "circuit breaker for <name> is OPEN: <cause>; retry after 4.2s". Programs
// read the fields, never the text: it may change.
FUSEBOX_EXPORT std::string DescribeRejection(std::string_view name,
                                             const Rejection& rejection);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_REJECTION_TEXT_H_
