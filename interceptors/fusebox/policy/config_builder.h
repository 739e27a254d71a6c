// config_builder.h: builds a config in code.
//
//   absl::StatusOr<fusebox::Config> config =
//       fusebox::ConfigBuilder()
//           .Default([](Policy& p) { p = Policy::Responsive(); })
//           .Service("shop.v1.Search", [](Policy& p) { p.min_deadline = 5ms; })
//           .Method("shop.v1.Cart", "Checkout",
//                   [](Policy& p) { p.open_duration = 5s; })
//           .Build();
//
// Policies inherit as in a config file: the policy of a method starts as a copy
// of the default policy, and the function changes what differs. It does not
// matter whether Default() is called first or last. To switch an inherited rule
// off, reset it: `p.failure_rate.reset()`.

#ifndef FUSEBOX_POLICY_CONFIG_BUILDER_H_
#define FUSEBOX_POLICY_CONFIG_BUILDER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// Not thread-safe.
class FUSEBOX_EXPORT ConfigBuilder {
 public:
  using Change = std::function<void(Policy&)>;

  // Changes the default policy, which starts as Policy::Classic().
  ConfigBuilder& Default(const Change& change);

  // Sets the policy of a method, of all methods of a service, or of several
  // names.
  ConfigBuilder& Method(std::string service, std::string method, Change change);
  ConfigBuilder& Service(std::string service, Change change);
  ConfigBuilder& Methods(std::vector<MethodName> names, Change change);

  // Returns the config, or INVALID_ARGUMENT with every problem of it (see
  // Config::Validate()).
  absl::StatusOr<Config> Build() const;

 private:
  struct Entry {
    std::vector<MethodName> names;
    Change change;
  };

  Policy default_policy_;
  std::vector<Entry> entries_;
};

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_CONFIG_BUILDER_H_
