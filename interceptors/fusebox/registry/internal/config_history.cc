#include "fusebox/registry/internal/config_history.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/text.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

ConfigHistory::ConfigHistory(std::shared_ptr<const PolicyTable> first,
                             TimePoint at) {
  items_.push_back({std::move(first), 1, ConfigOrigin(), at});
}

void ConfigHistory::Add(std::shared_ptr<const PolicyTable> policies,
                        ConfigOrigin origin, TimePoint at) {
  const uint64_t next = generation() + 1;
  items_.push_back({std::move(policies), next, std::move(origin), at});
  while (items_.size() > 2 &&
         (items_.size() > kMaxConfigs || entries() > kMaxEntries)) {
    items_.pop_front();
  }
}

size_t ConfigHistory::entries() const {
  size_t entries = 0;
  for (const Item& item : items_) {
    entries += item.policies->config().method_policy.size();
  }
  return entries;
}

std::string ChangeText(const ConfigHistory::Item& before,
                       const ConfigHistory::Item& after) {
  constexpr size_t kMaxShown = 5;
  const std::vector<ConfigChange> changes =
      CompareConfigs(before.policies->config(), after.policies->config());
  std::string text;
  for (size_t i = 0; i < std::min(changes.size(), kMaxShown); ++i) {
    text += (i == 0 ? "" : "; ") + ToString(changes[i]);
  }
  if (changes.size() > kMaxShown) {
    text += "; and " + Count(changes.size() - kMaxShown, "more change");
  }
  if (before.origin.kind == ConfigOrigin::Kind::kOperator &&
      after.origin.kind == ConfigOrigin::Kind::kFile) {
    const std::string& who = before.origin.name;
    text += (text.empty() ? "" : "; ");
    text += "this undoes config " + std::to_string(before.generation) + " of " +
            (who.empty() ? "an operator" : who);
  }
  return text;
}

}  // namespace fusebox::internal
