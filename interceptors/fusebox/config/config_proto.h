// config_proto.h: the config as a protobuf message (proto/fusebox/v1/
// config.proto), for those who carry it in messages of their own.
//
//   absl::StatusOr<fusebox::Config> config =
//       fusebox::ConfigFromProto(message.breakers());
//
// A message says what was written: fields are there or not. A Config says what
// it comes to: every policy is complete.

#ifndef FUSEBOX_CONFIG_CONFIG_PROTO_H_
#define FUSEBOX_CONFIG_CONFIG_PROTO_H_

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox {

// Presets and inheritance applied. Errors: INVALID_ARGUMENT with every problem,
// which stand in `*problems` too if it is given. A problem that a method's
// policy inherits is told once, where it stands.
FUSEBOX_EXPORT absl::StatusOr<Config> ConfigFromProto(
    const v1::Config& proto, Problems* problems = nullptr);

// Every field given, so that the message says all of the config by itself;
// ConfigFromProto() gives back an equal one. REQUIRES: `config.Validate()`
// finds no problem.
FUSEBOX_EXPORT v1::Config ConfigToProto(const Config& config);

}  // namespace fusebox

#endif  // FUSEBOX_CONFIG_CONFIG_PROTO_H_
