// config_check.h: the checks of Config::Validate() with another check of each
// policy. The reader of config texts reports the problem of a policy where the
// text says so, which is not always where the value is in force.

#ifndef FUSEBOX_POLICY_INTERNAL_CONFIG_CHECK_H_
#define FUSEBOX_POLICY_INTERNAL_CONFIG_CHECK_H_

#include <functional>

#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

inline constexpr int kDefaultPolicy = -1;

// Returns the problems of a policy, with paths inside of it. `entry` is the
// policy's index in `method_policy`, or kDefaultPolicy.
using CheckPolicy = std::function<Problems(const Policy& policy, int entry)>;

// Returns every problem of the config, in the order of the fields.
FUSEBOX_EXPORT Problems CheckConfig(const Config& config,
                                    const CheckPolicy& check_policy);

}  // namespace fusebox::internal

#endif  // FUSEBOX_POLICY_INTERNAL_CONFIG_CHECK_H_
