// plugin.cc: a plugin that contains a copy of Fusebox.

#include <grpcpp/security/credentials.h>

#include "fusebox/fusebox.h"

// Returns the number of consecutive failures in a config, or 0 if it cannot be
// used for a channel.
extern "C" unsigned Failures(const char* json) {
  const auto registry =
      fusebox::Registry::Create(fusebox::ParseConfigJson(json));
  if (!registry.ok()) return 0;
  const auto channel = fusebox::CreateChannel(
      "localhost:1", grpc::InsecureChannelCredentials(), *registry);
  if (channel == nullptr) return 0;
  return (*registry)
      ->config_in_force()
      .config.default_policy.consecutive_failures;
}
