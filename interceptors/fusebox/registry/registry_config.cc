// registry_config.cc: the registry's config, and those that were before it.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/config_history.h"
#include "fusebox/registry/internal/target.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

using internal::ChangeText;

namespace {

using ConfigItem = internal::ConfigHistory::Item;

ConfigInForce ToConfigInForce(const ConfigItem& item) {
  return {item.policies->config(), item.generation, item.origin, item.at};
}

}  // namespace

absl::Status Registry::Update(const Config& config,
                              std::optional<uint64_t> generation,
                              ConfigOrigin origin) {
  absl::StatusOr<std::shared_ptr<const PolicyTable>> policies =
      PolicyTable::Create(config);
  if (!policies.ok()) {
    ReportConfigError(policies.status(), std::move(origin));
    return policies.status();
  }
  ConfigItem before;
  ConfigItem after;
  {
    MutexLock lock(mu_);
    before = configs_.in_force();
    if (generation && *generation != before.generation) {
      return absl::AbortedError(
          "generation: must be that of the config in force, " +
          std::to_string(before.generation) + ", is " +
          std::to_string(*generation));
    }
    configs_.Add(*std::move(policies), std::move(origin), clock_.Now());
    after = configs_.in_force();
    for (const auto& [name, target] : targets_)
      target->Update(configs_.policies());
  }
  Event event;
  event.type = EventType::kConfigUpdated;
  event.config_generation = after.generation;
  event.origin = after.origin;
  if (dispatcher_->has_listeners()) event.detail = ChangeText(before, after);
  Tell(std::move(event));
  return absl::OkStatus();
}

void Registry::ReportConfigError(const absl::Status& error,
                                 ConfigOrigin origin) {
  config_errors_.fetch_add(1, std::memory_order_relaxed);
  Event event;
  event.type = EventType::kConfigRefused;
  event.config_generation = config_generation();
  event.origin = std::move(origin);
  event.code = error.code();
  event.detail = std::string(error.message());
  Tell(std::move(event));
}

uint64_t Registry::config_generation() const {
  MutexLock lock(mu_);
  return configs_.generation();
}

ConfigInForce Registry::config_in_force() const {
  MutexLock lock(mu_);
  return ToConfigInForce(configs_.in_force());
}

std::vector<ConfigInForce> Registry::config_history() const {
  std::deque<ConfigItem> items;
  {
    MutexLock lock(mu_);
    items = configs_.items();
  }
  std::vector<ConfigInForce> configs;
  configs.reserve(items.size());
  for (const ConfigItem& item : items) {
    configs.push_back(ToConfigInForce(item));
  }
  return configs;
}

std::vector<UnusedName> Registry::unused_names() const {
  std::vector<std::string> methods;
  internal::MetNames met_names;
  ConfigItem config;
  {
    MutexLock lock(mu_);
    for (const auto& [name, target] : targets_) {
      std::vector<std::string> more = target->Methods();
      std::move(more.begin(), more.end(), std::back_inserter(methods));
    }
    met_names = met_names_;
    config = configs_.in_force();
  }
  return met_names.Unused(*config.policies, methods);
}

std::string Registry::followed_file() const {
  MutexLock lock(mu_);
  return followed_files_.empty() ? "" : followed_files_.back();
}

void Registry::Follow(const std::string& path) {
  MutexLock lock(mu_);
  followed_files_.push_back(path);
}

void Registry::Unfollow(const std::string& path) {
  MutexLock lock(mu_);
  const auto found =
      std::find(followed_files_.begin(), followed_files_.end(), path);
  if (found != followed_files_.end()) followed_files_.erase(found);
}

}  // namespace fusebox
