// mode_limits.h: modes that an operator sets for a while: "force it open for
// ten minutes".
//
//   fusebox::ModeLimits limits(registry);
//   limits.SetMode(name, breaker, Mode::kForcedOpen, std::chrono::minutes(10));
//
// When the time is over, the operator's mode is cleared, unless somebody has
// set it since. Time is that of the registry's clock. Limits die with the
// process, and so do operators' modes.

#ifndef FUSEBOX_ADMIN_INTERNAL_MODE_LIMITS_H_
#define FUSEBOX_ADMIN_INTERNAL_MODE_LIMITS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/mutex.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Thread-safe. Has a thread of its own from the first limit on.
class ModeLimits {
 public:
  // REQUIRES: `registry` is not null.
  explicit ModeLimits(std::shared_ptr<Registry> registry);

  // Ends the thread; modes stay as they are.
  ~ModeLimits() = default;

  ModeLimits(const ModeLimits&) = delete;
  ModeLimits& operator=(const ModeLimits&) = delete;

  // Sets the operator's mode of `breaker`, one of the registry's, or clears it
  // with nullopt; for so long, or for ever. An earlier limit of it is over.
  // False, and nothing has changed, if there is a limit and no thread to see to
  // it.
  bool SetMode(const BreakerName& name, Breaker& breaker,
               std::optional<Mode> mode, std::optional<Duration> limit)
      FUSEBOX_EXCLUDES(mu_);

  // When a mode ends that has an end: the one with which the breaker had so
  // many `operator_settings`. One that was set since has none.
  struct End {
    uint64_t setting;
    TimePoint at;
  };

  // What is due has been cleared when this returns, whatever the thread does.
  std::map<BreakerName, End> Read() FUSEBOX_EXCLUDES(mu_);

 private:
  struct Limit {
    Breaker* breaker;
    End end;
  };

  // Clears what is due. Returns when to look again.
  std::optional<Duration> TakeTurn() FUSEBOX_EXCLUDES(mu_);

  // Clears what is due. Returns when the next one is.
  std::optional<TimePoint> ClearDue() FUSEBOX_REQUIRES(mu_);

  const std::shared_ptr<Registry> registry_;

  Mutex mu_;
  std::map<BreakerName, Limit> limits_ FUSEBOX_GUARDED_BY(mu_);

  BackgroundThread thread_{[this] { return TakeTurn(); }};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_MODE_LIMITS_H_
