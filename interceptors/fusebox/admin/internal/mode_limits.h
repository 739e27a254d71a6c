// mode_limits.h: sets a breaker's mode for an operator, for a limited time.
//
//   ModeLimits limits(registry);
//   limits.SetMode(name, breaker, {Mode::kForcedOpen, 10min, "alice"});
//
// When the time is over, the mode is cleared, unless somebody has set it again
// in the meantime. The registry's clock measures the time. Limits end with the
// process, as the modes that operators set do.

#ifndef FUSEBOX_ADMIN_INTERNAL_MODE_LIMITS_H_
#define FUSEBOX_ADMIN_INTERNAL_MODE_LIMITS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Thread-safe. The first limit starts a thread.
class ModeLimits {
 public:
  // REQUIRES: `registry` is not null.
  explicit ModeLimits(std::shared_ptr<Registry> registry);

  // Ends the thread. Modes stay as they are.
  ~ModeLimits() = default;

  ModeLimits(const ModeLimits&) = delete;
  ModeLimits& operator=(const ModeLimits&) = delete;

  // What an operator wants.
  struct Request {
    std::optional<Mode> mode;  // nullopt clears the operator's mode
    std::optional<Duration> limit;
    std::string author;
  };

  // Sets the operator's mode of `breaker`, which is one of the registry, or
  // clears it. The mode lasts for the limit, or has no end. An earlier limit of
  // the breaker is forgotten. Listeners hear who did it. Returns false, and
  // changes nothing, if there is a limit but the system has no thread to end
  // it.
  bool SetMode(const BreakerName& name, const std::shared_ptr<Breaker>& breaker,
               const Request& request) FUSEBOX_EXCLUDES(mu_);

  // A mode that was set here. It is about the mode that the breaker had when
  // its `operator_settings` was `setting`.
  struct Hold {
    uint64_t setting = 0;
    TimePoint since{};  // renewals do not change it
    std::optional<Duration> limit;
    std::optional<TimePoint> end;
    std::string author;  // of the last renewal
  };

  // Clears the modes whose time is over, and returns the others.
  std::map<BreakerName, Hold> Read() FUSEBOX_EXCLUDES(mu_);

 private:
  struct Held {
    std::weak_ptr<Breaker> breaker;  // it may leave the registry
    Hold hold;
  };

  // Clears what is due. Returns how long to wait before looking again.
  std::optional<Duration> TakeTurn() FUSEBOX_EXCLUDES(mu_);

  // Clears what is due. Returns when the next mode ends.
  std::optional<TimePoint> ClearDue() FUSEBOX_REQUIRES(mu_);

  const std::shared_ptr<Registry> registry_;

  Mutex mu_;
  std::map<BreakerName, Held> holds_ FUSEBOX_GUARDED_BY(mu_);

  BackgroundThread thread_{[this] { return TakeTurn(); }};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_MODE_LIMITS_H_
