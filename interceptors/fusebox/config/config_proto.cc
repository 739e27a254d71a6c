#include "fusebox/config/config_proto.h"

#include "absl/status/statusor.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox {

absl::StatusOr<Config> ConfigFromProto(const v1::Config& proto,
                                       Problems* problems) {
  return internal::ConfigFromMessage(proto, problems);
}

v1::Config ConfigToProto(const Config& config) {
  v1::Config proto;
  internal::WriteConfig(config, &proto);
  return proto;
}

}  // namespace fusebox
