// policy_table.h: which policy is this method's?

#ifndef FUSEBOX_POLICY_POLICY_TABLE_H_
#define FUSEBOX_POLICY_POLICY_TABLE_H_

#include <map>
#include <string>
#include <string_view>

#include "fusebox/base/internal/export.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// A Config made ready for look-ups. Immutable, so thread-safe.
class FUSEBOX_EXPORT PolicyTable {
 public:
  // REQUIRES: `config.Validate()` finds no problem.
  explicit PolicyTable(Config config);

  // Not copied or moved: the look-ups point into it.
  PolicyTable(const PolicyTable&) = delete;
  PolicyTable& operator=(const PolicyTable&) = delete;

  // The policy for a full method name, "/shop.v1.Cart/Checkout"; any other
  // text, which a generic stub can bring, gets what matches every method.
  // Null for the services that are never broken unless the config names them:
  // health, reflection, channelz and Fusebox's own admin service. A circuit
  // around those would hide the very thing that they are asked about.
  // Points into this table.
  const Policy* Find(std::string_view full_method) const;

  // Whether the config names this very method, and not only its service.
  bool Names(std::string_view full_method) const;

  const Config& config() const { return config_; }

 private:
  const Config config_;
  std::map<std::string, const Policy*, std::less<>> by_name_;  // "/s/m", "/s/"
};

// Returns what names the breaker that `full_method` uses on its channel's
// target: the method for Scope::kMethod, its service for kService, and an empty
// text for kChannel. A text that is not a full method name belongs to no
// service: kService gives it a breaker of its own.
FUSEBOX_EXPORT std::string_view BreakerKey(Scope scope,
                                           std::string_view full_method);

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_POLICY_TABLE_H_
