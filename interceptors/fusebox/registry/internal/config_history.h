// config_history.h: keeps the config in force and some that were before it.

#ifndef FUSEBOX_REGISTRY_INTERNAL_CONFIG_HISTORY_H_
#define FUSEBOX_REGISTRY_INTERNAL_CONFIG_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// Not thread-safe: the registry's lock guards it.
class FUSEBOX_EXPORT ConfigHistory {
 public:
  // At most so many configs are kept, and fewer if their policies for methods
  // would be more than kMaxEntries in all. The config in force and the one
  // before it are always kept.
  static constexpr size_t kMaxConfigs = 16;
  static constexpr size_t kMaxEntries = 20'000;

  struct Item {
    std::shared_ptr<const PolicyTable> policies;
    uint64_t generation = 0;
    ConfigOrigin origin;
    TimePoint at{};  // when it came into force
  };

  ConfigHistory(std::shared_ptr<const PolicyTable> first, TimePoint at);

  // Puts another config into force. Its generation is one higher.
  void Add(std::shared_ptr<const PolicyTable> policies, ConfigOrigin origin,
           TimePoint at);

  const Item& in_force() const { return items_.back(); }
  const PolicyTable& policies() const { return *in_force().policies; }
  uint64_t generation() const { return in_force().generation; }

  // All that are kept, oldest first.
  const std::deque<Item>& items() const { return items_; }

 private:
  size_t entries() const;

  std::deque<Item> items_;  // never empty
};

// Returns on one line what the config changes, and which operator's config a
// file replaces: "defaultPolicy.openDuration: 5s -> 30s; this undoes config 2
// of alice". Empty if there is neither.
FUSEBOX_EXPORT std::string ChangeText(const ConfigHistory::Item& before,
                                      const ConfigHistory::Item& after);

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_CONFIG_HISTORY_H_
