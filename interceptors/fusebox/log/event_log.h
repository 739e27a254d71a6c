// event_log.h: the last events of each breaker, for who asks later.
//
//   auto log = std::make_shared<fusebox::EventLog>(registry);
//   ...
//   for (const fusebox::Event& event : log->Read()) {
//     std::cout << fusebox::EventText(event) << "\n";
//   }
//
// What happens seldom (transitions, changes of mode) and what happens often
// have room of their own, so that no storm of rejections hides how it began.

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

#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"
#include "fusebox/registry/subscription.h"

namespace fusebox {

// Thread-safe.
class EventLog {
 public:
  // How many are kept: the newest. An event takes about half a kilobyte; only
  // breakers to which something happened take any.
  struct Options {
    size_t changes = 32;  // [32] a breaker: TRANSITION, MODE
    size_t calls = 32;    // [32] a breaker: REJECTION, PROBE, ...
    size_t configs = 16;  // [16] CONFIG_UPDATED, CONFIG_REFUSED
  };

  struct Query {
    // Only later ones.
    uint64_t after_sequence = 0;

    // The newest of them; [no limit]
    size_t limit = std::numeric_limits<size_t>::max();

    // Only those for which it returns true; empty: all. Runs under no lock.
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

  // Returns events by sequence, oldest first.
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

  const Options options_;
  mutable Mutex mu_;
  // By the one name that all events of a breaker share; they keep it alive. A
  // name of which nothing is kept may be gone: its rings are empty.
  std::unordered_map<const BreakerName*, Rings> breakers_
      FUSEBOX_GUARDED_BY(mu_);
  Ring configs_ FUSEBOX_GUARDED_BY(mu_);

  const Subscription subscription_;  // last: its listener uses the rest
};

}  // namespace fusebox

#endif  // FUSEBOX_LOG_EVENT_LOG_H_
