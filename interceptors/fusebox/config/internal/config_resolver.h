// config_resolver.h: turns the message of a config into a Config.

#ifndef FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_
#define FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox::internal {

// Applies presets and inheritance. Adds a problem for each value that a Config
// cannot hold (a number that is no value of its enum, a duration out of range)
// and for each required field that is missing; such a field keeps its inherited
// value.
Config ResolveConfig(const v1::Config& proto, Problems* problems);

// Returns the problems of a config that was resolved from `proto`, each at the
// field that `proto` gives. An inherited problem is reported once, at the
// default policy. If an inherited value and a given one contradict each other,
// the given one is reported.
Problems ValidateResolved(const v1::Config& proto, const Config& config);

// Adds those of `more` that do not follow from one of `problems`: from one at
// the same field, around it, inside it, or at the field it is compared with.
void AddUnrelated(Problems more, Problems* problems);

// Returns the config if there is no problem, and INVALID_ARGUMENT otherwise.
// Sets `*all_problems`, if given, to the problems.
absl::StatusOr<Config> ConfigUnless(Problems problems, Config config,
                                    Problems* all_problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_
