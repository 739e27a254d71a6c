// registry.h: a breaker a method, made on first use.
//
//   absl::StatusOr<std::shared_ptr<fusebox::Registry>> registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"));
//   (*registry)->AddListener([](const fusebox::Transition& t) { ... });
//
// Hand it to the channels (grpc/channel.h); they may share one. Breakers are
// told apart by channel target and by method, service or nothing, as their
// policy's scope says, and live as long as the registry. Update() gives them
// another config while they work.

#ifndef FUSEBOX_REGISTRY_REGISTRY_H_
#define FUSEBOX_REGISTRY_REGISTRY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/transition.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/policy_table.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/method_table.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox {

// One breaker of a registry at one moment.
struct MethodSnapshot {
  std::string target;
  std::string method;  // or what shares the breaker: a service, or nothing
  std::string key;     // see Find()
  Snapshot breaker;

  // By code and duration; absent unless MeterCalls() was called.
  std::optional<CallReading> calls;

  // What its methods' calls go by. Never null.
  std::shared_ptr<const Policy> policy;
};

// Thread-safe.
class Registry {
 public:
  struct Options {
    // What breakers and interceptors measure by. Must outlive the registry.
    const Clock* clock = &PreciseClock();

    // Methods that have a breaker without being named in the config; a generic
    // stub's caller can invent any number of them. Those beyond share one
    // breaker, named "other", that never opens.
    size_t max_unnamed_methods = 1024;

    // Pairs of a method and a key that have a breaker, on all targets. Those
    // beyond share the same one.
    size_t max_keyed_methods = 1024;
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
  // With a `key` (a tenant, a shard) it is another one, of the same policy,
  // whose name ends in " [key]". Takes no lock where it exists.
  internal::GuardedMethod* Find(std::string_view target,
                                std::string_view full_method,
                                std::string_view key = {})
      FUSEBOX_EXCLUDES(mu_);

  // From now on everything goes by `config`. Breakers keep their state, their
  // window (unless its shape changed), their row of openings and the mode that
  // an operator gave them. Errors: INVALID_ARGUMENT with every problem of the
  // config; the old one stays then, whole.
  // With `generation`, only if that is config_generation(): else ABORTED.
  absl::Status Update(const Config& config,
                      std::optional<uint64_t> generation = std::nullopt)
      FUSEBOX_EXCLUDES(mu_);

  // A config never came as far as Update(): it could not be read or parsed, as
  // `error` says. It is counted, and told to listeners.
  void ReportConfigError(const absl::Status& error) FUSEBOX_EXCLUDES(mu_);

  // Configs that were refused so far.
  uint64_t config_errors() const {
    return config_errors_.load(std::memory_order_relaxed);
  }

  // Configs so far: 1 before the first update.
  uint64_t config_generation() const FUSEBOX_EXCLUDES(mu_);

  // All breakers in use, sorted by target, then method, then key.
  std::vector<MethodSnapshot> TakeSnapshot() const FUSEBOX_EXCLUDES(mu_);

  // The same breakers themselves; they live as long as the registry.
  struct BreakerInUse {
    const BreakerName& name;
    Breaker& breaker;
  };
  std::vector<BreakerInUse> BreakersInUse() const FUSEBOX_EXCLUDES(mu_);

  // From now on calls are counted by code and duration too (call_meter.h):
  // sizeof(CallMeter), less than 4 KB, a breaker, and three additions a call.
  void MeterCalls() FUSEBOX_EXCLUDES(mu_);

  // Calls `listener` for each transition and change of mode from now on: on a
  // thread of the registry's own, one call at a time, those of one breaker in
  // order. It may be slow, throw, or call the registry; when it falls more than
  // 1024 events behind, the oldest are dropped and counted. It stays for the
  // registry's life.
  void AddListener(TransitionListener listener);

  // The same for everything that event.h lists. Returns a number to remove it
  // by.
  uint64_t AddEventListener(EventListener listener) {
    return dispatcher_.AddListener(std::move(listener));
  }

  // That listener is not called again once this returns; its end is waited for,
  // unless it is the caller.
  void RemoveEventListener(uint64_t number) {
    dispatcher_.RemoveListener(number);
  }

  // Waits until the listeners have heard all events so far.
  void WaitForListeners() { dispatcher_.WaitUntilIdle(); }

  uint64_t dropped_events() const { return dispatcher_.dropped(); }
  uint64_t listener_errors() const { return dispatcher_.listener_errors(); }

  // Calls of the functions that channels are given (grpc/interceptor_options.h)
  // that ended in an exception.
  uint64_t callback_errors() const {
    return callback_errors_.load(std::memory_order_relaxed);
  }
  void ReportCallbackError() {
    callback_errors_.fetch_add(1, std::memory_order_relaxed);
  }

  const Clock& clock() const { return clock_; }
  Config config() const FUSEBOX_EXCLUDES(mu_);

 private:
  Registry(std::unique_ptr<const PolicyTable> policies, const Options& options);

  // A breaker and the bindings of its methods. Bindings are kept, because a
  // call may still hold an old one; a policy that comes back gets its old
  // binding.
  struct Entry {
    Entry(BreakerName name, const Policy& policy, const Clock& clock,
          internal::Dispatcher& dispatcher)
        : observed(std::move(name), policy, clock, dispatcher) {
      Bind(policy);
    }

    void Bind(const Policy& policy);

    internal::ObservedBreaker observed;
    std::vector<std::unique_ptr<const internal::Binding>> bindings;
    const internal::Binding* binding = nullptr;  // the present one
  };

  void Tell(Event event);

  // What BreakersInUse() says, with the rest of it.
  std::vector<const Entry*> EntriesInUse() const FUSEBOX_EXCLUDES(mu_);

  // Returns the binding that `policy` gives the method. Creates its breaker if
  // there is none, and brings it up to date with the policy.
  const internal::Binding* BindingOf(const BreakerName& method,
                                     const Policy& policy, TimePoint now)
      FUSEBOX_REQUIRES(mu_);
  internal::GuardedMethod* Make(BreakerName method) FUSEBOX_REQUIRES(mu_);

  // How many methods of a kind there are, and may be.
  struct Bound {
    size_t max;
    size_t count = 0;
  };
  // That of the method's kind; null for those that the config names.
  Bound* BoundOf(const BreakerName& method) FUSEBOX_REQUIRES(mu_);

  const Clock& clock_;
  std::atomic<uint64_t> callback_errors_{0};
  std::atomic<uint64_t> config_errors_{0};

  // Serializes the making of methods and the changing of policies.
  mutable Mutex mu_;
  std::unique_ptr<const PolicyTable> policies_ FUSEBOX_GUARDED_BY(mu_);
  uint64_t config_generation_ FUSEBOX_GUARDED_BY(mu_) = 1;
  Bound unnamed_methods_ FUSEBOX_GUARDED_BY(mu_);
  Bound keyed_methods_ FUSEBOX_GUARDED_BY(mu_);

  bool meters_calls_ FUSEBOX_GUARDED_BY(mu_) = false;

  std::map<BreakerName, std::unique_ptr<Entry>> breakers_
      FUSEBOX_GUARDED_BY(mu_);
  const std::unique_ptr<Entry> overflow_entry_;
  internal::GuardedMethod overflow_;

  internal::MethodTable methods_;

  internal::Dispatcher dispatcher_;  // last: its thread may still use the rest
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_REGISTRY_H_
