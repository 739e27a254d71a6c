// policy_table.h: a valid config, ready for looking up the policy of a method.
//
//   auto table = fusebox::PolicyTable::Create(config);
//   if (!table.ok()) return table.status();
//   const fusebox::Policy* policy = (*table)->Find("/shop.v1.Cart/Checkout");

#ifndef FUSEBOX_POLICY_POLICY_TABLE_H_
#define FUSEBOX_POLICY_POLICY_TABLE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// A PolicyTable exists only for a valid config: whoever has one need not
// validate its policies. It is immutable and therefore thread-safe.
class FUSEBOX_EXPORT PolicyTable {
 public:
  // Returns INVALID_ARGUMENT with every problem if the config is not valid.
  static absl::StatusOr<std::unique_ptr<const PolicyTable>> Create(
      Config config);

  PolicyTable(const PolicyTable&) = delete;
  PolicyTable& operator=(const PolicyTable&) = delete;

  // Returns the policy of a method by its full name, "/shop.v1.Cart/Checkout".
  // A text of another form, which a generic stub can send, has the policy that
  // matches every method. The pointer is valid as long as the table.
  //
  // Returns null for the services that have no breaker unless the config names
  // them: health, reflection, channelz and Fusebox's own admin service. A
  // breaker would hide what they are asked about.
  const Policy* Find(std::string_view full_method) const;

  // Returns whether the config names this method itself, not just its service.
  bool Names(std::string_view full_method) const;

  const Config& config() const { return config_; }

 private:
  explicit PolicyTable(Config config);

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
