// registry.h: a breaker a method, made on first use.
//
//   absl::StatusOr<std::shared_ptr<fusebox::Registry>> registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"));
//   (*registry)->AddListener([](const fusebox::Transition& t) { ... });
//
// Hand it to the channels (grpc/channel.h); they may share one. Breakers are
// told apart by channel target and method, and live as long as the registry.

#ifndef FUSEBOX_REGISTRY_REGISTRY_H_
#define FUSEBOX_REGISTRY_REGISTRY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/clock.h"
#include "fusebox/core/transition.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_table.h"
#include "fusebox/registry/dispatcher.h"
#include "fusebox/registry/method_breaker.h"

namespace fusebox {

// One breaker of a registry at one moment.
struct MethodSnapshot {
  std::string target;
  std::string method;
  Snapshot breaker;
};

// Thread-safe.
class Registry {
 public:
  struct Options {
    // What breakers and interceptors measure by. Must outlive the registry.
    const Clock* clock = &PreciseClock();
  };

  // Errors: INVALID_ARGUMENT with every problem of the config.
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const Config& config, const Options& options);
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const Config& config = Config()) {
    return Create(config, Options());
  }

  // From what makes configs (policy/config_parser.h, config_builder.h): its
  // error is the error.
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const absl::StatusOr<Config>& config, const Options& options);
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const absl::StatusOr<Config>& config) {
    return Create(config, Options());
  }

  // All permits must be gone. Listeners have heard everything when it returns;
  // it must not run in one.
  ~Registry();

  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // The breaker for a full method name ("/shop.v1.Cart/Checkout") on channels
  // to `target`, made if there is none. Null if the method is never broken.
  // Takes no lock where it exists.
  MethodBreaker* Find(std::string_view target, std::string_view full_method);

  // All breakers so far, sorted by target, then method.
  std::vector<MethodSnapshot> TakeSnapshot() const;

  // Calls `listener` for each transition from now on: on a thread of the
  // registry's own, one call at a time, those of one breaker in order. It may
  // be slow, throw, or call the registry; when it falls more than 1024
  // transitions behind, the oldest are dropped and counted. It stays for the
  // registry's life.
  void AddListener(TransitionListener listener) {
    dispatcher_.AddListener(std::move(listener));
  }

  // Waits until the listeners have heard all transitions so far.
  void WaitForListeners() { dispatcher_.WaitUntilIdle(); }

  uint64_t dropped_transitions() const { return dispatcher_.dropped(); }
  uint64_t listener_errors() const { return dispatcher_.listener_errors(); }

  const Clock& clock() const { return clock_; }
  const Config& config() const { return policies_.config(); }

 private:
  Registry(const Config& config, const Options& options);

  const Clock& clock_;
  const PolicyTable policies_;
  BreakerTable breakers_;
  Dispatcher dispatcher_;  // last: its thread may still use the rest
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_REGISTRY_H_
