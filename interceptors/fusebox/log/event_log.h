// event_log.h: keeps the last events of each breaker, to be read later.
//
//   auto log = std::make_shared<fusebox::EventLog>(registry);
//   ...
//   for (const fusebox::Event& event : log->Read()) {
//     std::cout << fusebox::EventText(event) << "\n";
//   }
//
// Rare events (transitions, changes of mode) and frequent ones are kept apart,
// so that a storm of rejections does not push out the event that explains it.

#ifndef FUSEBOX_LOG_EVENT_LOG_H_
#define FUSEBOX_LOG_EVENT_LOG_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <unordered_map>
#include <vector>

#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

// Keeps the events that happen during its life. Thread-safe. Does not keep the
// registry alive.
class FUSEBOX_EXPORT EventLog {
 public:
  // How many events are kept, the newest ones. An event takes about half a
  // kilobyte. A breaker to which nothing happened takes no room.
  struct Options {
    size_t changes = 32;  // per breaker: TRANSITION, MODE
    size_t calls = 32;    // per breaker: REJECTION, PROBE, ...
    size_t configs = 16;  // CONFIG_UPDATED, CONFIG_REFUSED

    // The changes of all breakers together that have left the registry, with
    // their RETIRED events.
    size_t retired = 256;
  };

  struct Query {
    // Selects events with a larger sequence.
    uint64_t after_sequence = 0;

    // Selects so many of them, the newest ones. By default, all.
    size_t limit = std::numeric_limits<size_t>::max();

    // Selects events for which it returns true, or all if it is empty. It is
    // called with no lock held.
    std::function<bool(const Event&)> wanted;
  };

  // Listens to the registry for as long as the log lives. REQUIRES: `registry`
  // is not null.
  explicit EventLog(const std::shared_ptr<Registry>& registry);
  EventLog(const std::shared_ptr<Registry>& registry, const Options& options);

  // Does not listen: keeps what a listener passes on to OnEvent().
  explicit EventLog(const Options& options) : options_(options) {}

  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Returns the selected events, oldest first.
  std::vector<Event> Read(const Query& query) const FUSEBOX_EXCLUDES(mu_);
  std::vector<Event> Read() const { return Read(Query()); }

  // Keeps the event.
  void OnEvent(const Event& event) FUSEBOX_EXCLUDES(mu_);

 private:
  using Ring = std::deque<std::shared_ptr<const Event>>;
  struct Rings {
    Ring changes;
    Ring calls;
  };

  // Moves the events of a breaker that has left to retired_.
  void Retire(const BreakerName* breaker) FUSEBOX_REQUIRES(mu_);

  const Options options_;
  mutable Mutex mu_;
  // The key is the one name that all events of a breaker share. They keep it
  // alive: a name without events may be gone, but then its rings are empty.
  std::unordered_map<const BreakerName*, Rings> breakers_
      FUSEBOX_GUARDED_BY(mu_);
  Ring configs_ FUSEBOX_GUARDED_BY(mu_);
  Ring retired_ FUSEBOX_GUARDED_BY(mu_);

  const Subscription subscription_;  // last: its listener uses the rest
};

}  // namespace fusebox

#endif  // FUSEBOX_LOG_EVENT_LOG_H_
