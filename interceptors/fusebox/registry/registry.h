// registry.h: creates one circuit breaker per method, on first use.
//
//   absl::StatusOr<std::shared_ptr<fusebox::Registry>> registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"));
//   const fusebox::Subscription subscription =
//       (*registry)->Subscribe([](const fusebox::Event& event) { ... });
//
// Pass the registry to the channels (grpc/channel.h). Channels may share one.
// There is one breaker per channel target and, depending on the scope that the
// policy says, per method, per service, or for the whole channel. Breakers live
// as long as the registry. Update() changes their config while they work.

#ifndef FUSEBOX_REGISTRY_REGISTRY_H_
#define FUSEBOX_REGISTRY_REGISTRY_H_

#include <atomic>
#include <chrono>
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
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/breaker.h"
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
#include "fusebox/registry/subscription.h"

namespace fusebox {

// One breaker of a registry at one moment.
struct MethodSnapshot {
  BreakerName name;
  Snapshot breaker;

  // Calls by status code and duration. Absent unless MeterCalls() was called.
  std::optional<CallReading> calls;

  // The policy that applies to the calls of its methods. Never null.
  std::shared_ptr<const Policy> policy;
};

// A config and its place in the sequence of configs: 1 for the one that the
// registry was created with. Each update counts it up by one.
struct ConfigInForce {
  Config config;
  uint64_t generation = 0;
};

// Thread-safe.
class FUSEBOX_EXPORT Registry : public std::enable_shared_from_this<Registry> {
 public:
  struct FUSEBOX_EXPORT Options {
    // The clock of breakers and interceptors. Must outlive the registry.
    const Clock* clock = &PreciseClock();

    // The maximum number of methods that have a breaker although the config
    // does not name them: callers of a generic stub can invent any number.
    // Further methods share one breaker, named "other", that never opens.
    size_t max_unnamed_methods = 1024;

    // The maximum number of pairs of a method and a key that have a breaker, on
    // all targets together. Further pairs share "other", too.
    size_t max_keyed_methods = 1024;

    // The inclusive upper bounds of the histograms of durations, in ascending
    // order: at least one, each in (0s, kMaxDurationBound]. MeterCalls() counts
    // with them, so that all readers of a registry have the same. Each bound
    // costs about 100 bytes per breaker.
    std::vector<Duration> duration_bounds{kDefaultDurationBounds.begin(),
                                          kDefaultDurationBounds.end()};
    static constexpr Duration kMaxDurationBound = std::chrono::hours(30 * 24);

    // Returns every problem of the options; none if they are valid.
    Problems Validate() const;
  };

  // Creates a registry with the default config. Cannot fail.
  static std::shared_ptr<Registry> Create();

  // Creates a registry with this config. Errors: INVALID_ARGUMENT with every
  // problem of the config or, if there are any, of the options.
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const Config& config, const Options& options);
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const Config& config) {
    return Create(config, Options());
  }

  // Accepts the result of LoadConfigFile() or ConfigBuilder::Build(), and
  // returns its error unchanged.
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const absl::StatusOr<Config>& config, const Options& options);
  static absl::StatusOr<std::shared_ptr<Registry>> Create(
      const absl::StatusOr<Config>& config) {
    return Create(config, Options());
  }

  // Blocks until the listeners have heard all events. REQUIRES: All permits are
  // gone, and it does not run in a listener.
  ~Registry();

  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Returns the breaker of a full method name ("/shop.v1.Cart/Checkout") on
  // channels to `target`, and creates it if it does not exist: for calls that
  // do not go through gRPC (core/call.h). Each `key` (a tenant, a shard) has a
  // breaker of its own, with the same policy. The result keeps the registry
  // alive. It is null if the config exempts the method.
  std::shared_ptr<Breaker> FindBreaker(std::string_view target,
                                       std::string_view full_method,
                                       std::string_view key = {})
      FUSEBOX_EXCLUDES(mu_);

  // Does what FindBreaker() does, for Fusebox's channels. Takes no lock if the
  // breaker exists. The result lives as long as the registry.
  internal::GuardedMethod* Find(std::string_view target,
                                std::string_view full_method,
                                std::string_view key = {})
      FUSEBOX_EXCLUDES(mu_);

  // Puts `config` into force. Breakers keep their state, their window (unless
  // its shape changed), their run of consecutive openings, and the mode that an
  // operator set. With a `generation`, does so only if that is the generation
  // in force. Errors, after which the old config is still in force: ABORTED for
  // another generation, INVALID_ARGUMENT with every problem of the config.
  absl::Status Update(const Config& config,
                      std::optional<uint64_t> generation = std::nullopt)
      FUSEBOX_EXCLUDES(mu_);

  // Counts a config that could not be read or parsed, and so never came as far
  // as Update(), and reports it to listeners as CONFIG_REFUSED with this error.
  void ReportConfigError(const absl::Status& error) FUSEBOX_EXCLUDES(mu_);

  // Returns how many configs were refused so far.
  uint64_t config_errors() const {
    return config_errors_.load(std::memory_order_relaxed);
  }

  // Returns the config in force with its generation.
  ConfigInForce config_in_force() const FUSEBOX_EXCLUDES(mu_);

  // Returns the generation alone, without copying the config.
  uint64_t config_generation() const FUSEBOX_EXCLUDES(mu_);

  // Returns all breakers in use as they are at `now`, a time on the registry's
  // clock, in the order of their names. The second one reads the clock.
  std::vector<MethodSnapshot> TakeSnapshot(TimePoint now) const
      FUSEBOX_EXCLUDES(mu_);
  std::vector<MethodSnapshot> TakeSnapshot() const {
    return TakeSnapshot(clock_.Now());
  }

  // The same breakers themselves, which live as long as the registry.
  struct BreakerInUse {
    const BreakerName& name;
    Breaker& breaker;
  };
  std::vector<BreakerInUse> BreakersInUse() const FUSEBOX_EXCLUDES(mu_);

  // Starts to count calls by status code and duration, too. This costs three
  // additions per call and, with the default bounds, less than 4 KB per
  // breaker.
  void MeterCalls() FUSEBOX_EXCLUDES(mu_);

  // Returns Options::duration_bounds.
  const std::vector<Duration>& duration_bounds() const {
    return duration_bounds_;
  }

  // Calls `listener` for each event from now on, until the Subscription that it
  // returns ends. Calls come on one thread that belongs to the registry, one at
  // a time, in the order of Event::sequence; the events of one breaker come in
  // the order in which they happened. A listener may be slow, throw, or call
  // the registry. If listeners fall more than 1024 events behind, the oldest
  // events are dropped and counted.
  // `look` is for listeners that sum up events; it may be empty.
  [[nodiscard]] Subscription Subscribe(EventListener listener,
                                       EventFilter filter = EventFilter::kAll,
                                       ListenerLook look = nullptr);

  // Blocks until the listeners have heard all events so far. Returns at once if
  // it is called from a listener.
  void WaitForListeners() { dispatcher_->WaitUntilIdle(); }

  // Returns how many events were dropped because listeners were too slow, and
  // how many calls of listeners ended in an exception.
  uint64_t dropped_events() const { return dispatcher_->dropped(); }
  uint64_t listener_errors() const { return dispatcher_->listener_errors(); }

  // Returns how many calls of the application's functions, such as a fallback,
  // ended in an exception.
  uint64_t callback_errors() const {
    return callback_errors_.load(std::memory_order_relaxed);
  }
  void ReportCallbackError() {
    callback_errors_.fetch_add(1, std::memory_order_relaxed);
  }

  const Clock& clock() const { return clock_; }

 private:
  Registry(std::unique_ptr<const PolicyTable> policies, const Options& options);

  // A breaker and the bindings of its methods. Bindings are kept, because a
  // call may still hold an old one; a policy that comes back gets its old
  // binding.
  struct Entry {
    Entry(BreakerName name, const Policy& policy, const Clock& clock,
          internal::Dispatcher& dispatcher)
        : observed(std::move(name), policy.settings(), clock, dispatcher) {
      Bind(policy);
    }

    void Bind(const Policy& policy);

    internal::ObservedBreaker observed;
    std::vector<std::unique_ptr<const internal::Binding>> bindings;
    const internal::Binding* binding = nullptr;  // the present one
  };

  void Tell(Event event);

  // Returns the entries of BreakersInUse().
  std::vector<const Entry*> EntriesInUse() const FUSEBOX_EXCLUDES(mu_);

  // Returns the binding that `policy` gives the method. Creates its breaker if
  // there is none, and brings it up to date with the policy.
  const internal::Binding* BindingOf(const BreakerName& method,
                                     const Policy& policy, TimePoint now)
      FUSEBOX_REQUIRES(mu_);
  internal::GuardedMethod* Make(BreakerName method) FUSEBOX_REQUIRES(mu_);

  // How many methods of one kind there are, and how many there may be.
  struct Bound {
    size_t max;
    size_t count = 0;
  };
  // Returns the bound for methods of this kind, or null if the config names the
  // method.
  Bound* BoundOf(const BreakerName& method) FUSEBOX_REQUIRES(mu_);

  const Clock& clock_;
  const std::vector<Duration> duration_bounds_;

  // Shared with calls of Subscription::Reset() that run while the registry is
  // being destroyed.
  const std::shared_ptr<internal::Dispatcher> dispatcher_;

  std::atomic<uint64_t> callback_errors_{0};
  std::atomic<uint64_t> config_errors_{0};

  // Held while methods are added and while policies change.
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
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_REGISTRY_H_
