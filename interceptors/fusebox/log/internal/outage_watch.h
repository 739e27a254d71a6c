// outage_watch.h: follows the outages that a log has begun to report.

#ifndef FUSEBOX_LOG_INTERNAL_OUTAGE_WATCH_H_
#define FUSEBOX_LOG_INTERNAL_OUTAGE_WATCH_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/core/transition.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {

// Sums up what happens during an outage, so that the log needs one line per
// minute for it. Not thread-safe.
class OutageWatch {
 public:
  static constexpr Duration kPeriod = std::chrono::minutes(1);

  // Takes a transition. Returns whether the log has reported the beginning of
  // its outage before.
  bool OnTransition(const Event& event);

  // Takes an event of single calls. Returns whether it belongs to an outage:
  // the line of that outage counts the calls, and no other line need do so.
  bool OnCalls(const Event& event);

  // Takes the end of a breaker. Returns whether it was in an outage.
  bool OnRetired(const Event& event);

  // Returns the line that is due for the breaker of the event, at most one per
  // period.
  std::optional<std::string> TakeDue(const Event& event);

 private:
  struct Running {
    Outage outage;
    std::string why;   // what began it
    std::string last;  // what caused its last opening, if that is another thing
    TimePoint next{};  // when the next line is due
  };

  std::map<BreakerName, Running> running_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_LOG_INTERNAL_OUTAGE_WATCH_H_
