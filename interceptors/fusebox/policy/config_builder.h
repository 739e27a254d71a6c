// config_builder.h: a config, built in code.
//
//   absl::StatusOr<fusebox::Config> config =
//       fusebox::ConfigBuilder()
//           .Default([](Policy& p) { p = Policy::Responsive(); })
//           .Service("shop.v1.Search", [](Policy& p) { p.min_deadline = 5ms; })
//           .Method("shop.v1.Cart", "Checkout",
//                   [](Policy& p) { p.open_duration = 5s; })
//           .Build();
//
// It inherits as a config file does: a method's policy starts from the default
// one, whichever is said first, and the function changes what differs. To
// switch an inherited rule off: `p.failure_rate.reset()`.

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

  // Changes the default policy, which is Policy::Classic() at first.
  ConfigBuilder& Default(const Change& change);

  // The policy of a method, of a service, or of several names alike.
  ConfigBuilder& Method(std::string service, std::string method, Change change);
  ConfigBuilder& Service(std::string service, Change change);
  ConfigBuilder& Methods(std::vector<MethodName> names, Change change);

  // Errors: INVALID_ARGUMENT with every problem (Config::Validate()).
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
