// config_proto.h: converts between a Config and its protobuf message
// (proto/fusebox/v1/config.proto), for programs that carry configs in messages
// of their own.
//
//   absl::StatusOr<fusebox::Config> config =
//       fusebox::ConfigFromProto(message.breakers());
//
// The message says what somebody wrote: a field is present or not. The Config
// says what that means: every policy in it is complete.

#ifndef FUSEBOX_CONFIG_CONFIG_PROTO_H_
#define FUSEBOX_CONFIG_CONFIG_PROTO_H_

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox {

// Applies presets and inheritance. Returns INVALID_ARGUMENT with every problem
// if there is any. Sets `*problems`, if given, to the problems. A problem that
// a method's policy inherits is reported once, at the default policy.
FUSEBOX_EXPORT absl::StatusOr<Config> ConfigFromProto(
    const v1::Config& proto, Problems* problems = nullptr);

// Returns a message with every field present. ConfigFromProto() turns it back
// into an equal config. REQUIRES: the config is valid.
FUSEBOX_EXPORT v1::Config ConfigToProto(const Config& config);

}  // namespace fusebox

#endif  // FUSEBOX_CONFIG_CONFIG_PROTO_H_
