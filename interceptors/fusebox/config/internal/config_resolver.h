// config_resolver.h: turns the message of a config into a Config, and back.
//
// The message is a fusebox.v1.Config: a generated one (config_proto.h), or one
// of the schema alone (config_schema.h).

#ifndef FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_
#define FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "google/protobuf/message.h"

namespace fusebox::internal {

// Applies presets and inheritance. Adds a problem for each value that a Config
// cannot hold (a number that is no value of its enum, a duration out of range)
// and for each required field that is missing; such a field keeps its inherited
// value.
Config ResolveConfig(const google::protobuf::Message& message,
                     Problems* problems);

// Returns the problems of a config that was resolved from `message`, each at
// the field that `message` gives. An inherited problem is reported once, at the
// default policy. If an inherited value and a given one contradict each other,
// the given one is reported.
Problems ValidateResolved(const google::protobuf::Message& message,
                          const Config& config);

// Adds those of `more` that do not follow from one of `problems`: from one at
// the same field, around it, inside it, or at the field it is compared with.
void AddUnrelated(Problems more, Problems* problems);

// Resolves and validates. Returns INVALID_ARGUMENT with every problem if there
// is any. Sets `*problems`, if given, to the problems.
FUSEBOX_EXPORT absl::StatusOr<Config> ConfigFromMessage(
    const google::protobuf::Message& message, Problems* problems);

// Sets every field of an empty message.
FUSEBOX_EXPORT void WriteConfig(const Config& config,
                                google::protobuf::Message* message);

// Returns the config if there is no problem, and INVALID_ARGUMENT otherwise.
// Sets `*all_problems`, if given, to the problems.
absl::StatusOr<Config> ConfigUnless(Problems problems, Config config,
                                    Problems* all_problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_
