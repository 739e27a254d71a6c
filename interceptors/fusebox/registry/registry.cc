#include "fusebox/registry/registry.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/method_breaker.h"

namespace fusebox {

absl::StatusOr<std::shared_ptr<Registry>> Registry::Create(
    const Config& config, const Options& options) {
  if (const Problems problems = config.Validate(); !problems.empty()) {
    return absl::InvalidArgumentError(ToString(problems));
  }
  return std::shared_ptr<Registry>(new Registry(config, options));
}

absl::StatusOr<std::shared_ptr<Registry>> Registry::Create(
    const absl::StatusOr<Config>& config, const Options& options) {
  if (!config.ok()) return config.status();
  return Create(*config, options);
}

Registry::Registry(const Config& config, const Options& options)
    : clock_(*options.clock), policies_(config) {}

Registry::~Registry() = default;

MethodBreaker* Registry::Find(std::string_view target,
                              std::string_view full_method) {
  if (MethodBreaker* const found = breakers_.Find(target, full_method)) {
    return found;
  }
  const Policy* const policy = policies_.Find(full_method);
  if (policy == nullptr) return nullptr;
  return breakers_.FindOrInsert(target, full_method, [&] {
    Breaker::Options options;
    options.clock = &clock_;
    options.sink = &dispatcher_;
    return std::make_unique<MethodBreaker>(
        std::string(target), std::string(full_method), *policy, options);
  });
}

std::vector<MethodSnapshot> Registry::TakeSnapshot() const {
  std::vector<MethodSnapshot> snapshots;
  for (const MethodBreaker* const entry : breakers_.All()) {
    snapshots.push_back(
        {entry->target(), entry->method(), entry->breaker().TakeSnapshot()});
  }
  std::sort(snapshots.begin(), snapshots.end(),
            [](const MethodSnapshot& a, const MethodSnapshot& b) {
              return std::tie(a.target, a.method) <
                     std::tie(b.target, b.method);
            });
  return snapshots;
}

}  // namespace fusebox
