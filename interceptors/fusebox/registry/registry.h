// registry.h: creates one circuit breaker per method, on first use.
//
//   absl::StatusOr<std::shared_ptr<fusebox::Registry>> registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile("breakers.json"));
//   const fusebox::Subscription subscription =
//       (*registry)->Subscribe([](const fusebox::Event& event) { ... });
//
// Pass the registry to the channels (grpc/channel.h). Channels may share one.
// There is one breaker per channel target and, depending on the scope that the
// policy says, per method, per service, or for the whole channel. Update()
// changes their config while they work.
//
// The breakers of a target live as long as a channel to it, or a result of
// FindBreaker(). When the last one is gone and its last call has ended, the
// target's breakers leave the registry. A RETIRED event tells what each of them
// has counted, and TakeSnapshot() keeps the sum. A channel that is made later
// begins with new breakers. Therefore keep a channel as long as you make calls
// to its target, as gRPC recommends anyway.

#ifndef FUSEBOX_REGISTRY_REGISTRY_H_
#define FUSEBOX_REGISTRY_REGISTRY_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/config_history.h"
#include "fusebox/registry/internal/dispatcher.h"
#include "fusebox/registry/internal/met_names.h"
#include "fusebox/registry/internal/target.h"
#include "fusebox/registry/method_snapshot.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

// A config and its place in the sequence of configs: 1 for the one that the
// registry was created with. Each update counts it up by one.
struct ConfigInForce {
  Config config;
  uint64_t generation = 0;

  // Who put it into force, and when, on the registry's clock.
  ConfigOrigin origin;
  TimePoint at{};
};

// Thread-safe.
class FUSEBOX_EXPORT Registry final
    : public std::enable_shared_from_this<Registry>,
      private internal::TargetOwner {
 public:
  struct FUSEBOX_EXPORT Options {
    // The clock of breakers and interceptors. Must outlive the registry.
    const Clock* clock = &PreciseClock();

    // The maximum number of methods per target that have a breaker although the
    // config does not name them: callers of a generic stub can invent any
    // number. Further methods share one breaker per target, named "other", that
    // never opens.
    size_t max_unnamed_methods = 1024;

    // The maximum number of pairs of a method and a key per target. A further
    // pair takes the place of the least recently used one whose circuit is
    // CLOSED, whose window holds no failure, and that has no call under way and
    // no operator's mode. If there is none, it shares "other", too.
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
  // breaker of its own, with the same policy. It is null if the config exempts
  // the method.
  //
  // Keep the result as long as you make calls. It keeps the registry and the
  // target's breakers. If there is no channel to the target, the breakers leave
  // with the last result, and a later one is a new breaker.
  [[nodiscard]] std::shared_ptr<Breaker> FindBreaker(
      std::string_view target, std::string_view full_method,
      std::string_view key = {}) FUSEBOX_EXCLUDES(mu_);

  // Holds a target open, for Fusebox's channels.
  [[nodiscard]] internal::OpenTarget Open(std::string_view target)
      FUSEBOX_EXCLUDES(mu_);

  // Puts `config` into force. Breakers keep their state, their window (unless
  // its shape changed), their run of consecutive openings, and the mode that an
  // operator set. With a `generation`, does so only if that is the generation
  // in force. Errors, after which the old config is still in force: ABORTED for
  // another generation, INVALID_ARGUMENT with every problem of the config.
  absl::Status Update(const Config& config,
                      std::optional<uint64_t> generation = std::nullopt,
                      ConfigOrigin origin = {}) FUSEBOX_EXCLUDES(mu_);

  // Counts a config that could not be read or parsed, and so never came as far
  // as Update(), and reports it to listeners as CONFIG_REFUSED with this error.
  void ReportConfigError(const absl::Status& error, ConfigOrigin origin = {})
      FUSEBOX_EXCLUDES(mu_);

  // Returns how many configs were refused so far.
  uint64_t config_errors() const {
    return config_errors_.load(std::memory_order_relaxed);
  }

  // Returns the config in force with its generation.
  ConfigInForce config_in_force() const FUSEBOX_EXCLUDES(mu_);

  // Returns the generation alone, without copying the config.
  uint64_t config_generation() const FUSEBOX_EXCLUDES(mu_);

  // Returns the last configs, oldest first; the last one is in force. At most
  // 16 are kept, and fewer if they are large, but at least two.
  std::vector<ConfigInForce> config_history() const FUSEBOX_EXCLUDES(mu_);

  // Returns the methods and services in the config that no call has met, in its
  // order.
  std::vector<UnusedName> unused_names() const FUSEBOX_EXCLUDES(mu_);

  // Returns the path of the file that the registry follows (config_file.h), or
  // an empty text.
  std::string followed_file() const FUSEBOX_EXCLUDES(mu_);

  // Returns all breakers in use as they are at `now`, a time on the registry's
  // clock, in the order of their names. Sets `*retired`, unless it is null, to
  // the sums of those that have left: no breaker is in both or in neither. The
  // second one reads the clock.
  std::vector<MethodSnapshot> TakeSnapshot(
      TimePoint now, RetiredBreakers* retired = nullptr) const
      FUSEBOX_EXCLUDES(mu_);
  std::vector<MethodSnapshot> TakeSnapshot() const {
    return TakeSnapshot(clock_.Now());
  }

  // The same breakers themselves. The registry must outlive `breaker`, which
  // stays valid after it has left the registry.
  struct BreakerInUse {
    BreakerName name;
    std::shared_ptr<Breaker> breaker;
  };
  std::vector<BreakerInUse> BreakersInUse() const FUSEBOX_EXCLUDES(mu_);

  // Returns how many calls have asked breakers so far.
  uint64_t calls() const FUSEBOX_EXCLUDES(mu_);

  // Returns how many calls have met "other", because a limit of Options was
  // reached. An OVERFLOW event tells of them, too.
  uint64_t overflow_calls() const {
    return overflow_calls_.load(std::memory_order_relaxed);
  }

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

  // Return how many events slow listeners missed, and how many calls threw.
  uint64_t dropped_events() const { return dispatcher_->dropped(); }
  uint64_t listener_errors() const { return dispatcher_->listener_errors(); }

  // Returns how many calls of the application's functions, as fallbacks, threw.
  uint64_t callback_errors() const {
    return callback_errors_.load(std::memory_order_relaxed);
  }
  void ReportCallbackError() {
    callback_errors_.fetch_add(1, std::memory_order_relaxed);
  }

  const Clock& clock() const { return clock_; }

 private:
  friend class ConfigFile;
  using Entries = std::vector<std::shared_ptr<internal::BreakerEntry>>;

  Registry(std::unique_ptr<const PolicyTable> policies, const Options& options);

  void Tell(Event event);

  // Note that a file is followed, and that it no longer is.
  void Follow(const std::string& path) FUSEBOX_EXCLUDES(mu_);
  void Unfollow(const std::string& path) FUSEBOX_EXCLUDES(mu_);

  internal::MethodUse Make(internal::Target* target,
                           std::string_view full_method,
                           std::string_view key) override FUSEBOX_EXCLUDES(mu_);
  void Close(internal::Target* target, bool dies) override
      FUSEBOX_EXCLUDES(mu_);

  // Adds what the breakers have counted to the sums, and tells it. Flush() must
  // follow, with no lock held.
  void Retire(const Entries& entries) FUSEBOX_REQUIRES(mu_);

  Entries EntriesInUse() const FUSEBOX_REQUIRES(mu_);

  const Clock& clock_;
  const std::vector<Duration> duration_bounds_;

  // Shared with calls of Subscription::Reset() that run while the registry is
  // being destroyed.
  const std::shared_ptr<internal::Dispatcher> dispatcher_;

  std::atomic<uint64_t> callback_errors_{0};
  std::atomic<uint64_t> config_errors_{0};
  std::atomic<uint64_t> overflow_calls_{0};

  // Held while methods are added and while policies change.
  mutable Mutex mu_;
  internal::ConfigHistory configs_ FUSEBOX_GUARDED_BY(mu_);
  internal::MetNames met_names_ FUSEBOX_GUARDED_BY(mu_);
  std::vector<std::string> followed_files_ FUSEBOX_GUARDED_BY(mu_);
  bool meters_calls_ FUSEBOX_GUARDED_BY(mu_) = false;
  RetiredBreakers retired_ FUSEBOX_GUARDED_BY(mu_);
  // Those that somebody holds open, by name.
  std::map<std::string, std::shared_ptr<internal::Target>, std::less<>> targets_
      FUSEBOX_GUARDED_BY(mu_);
  const internal::Target::Limits limits_;
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_REGISTRY_H_
