// relay.h: relays what processes report about their breakers to all viewers of
// the page.
//
//   Relay relay({"unix:/run/shop.sock", "127.0.0.1:9901"});
//   relay.Update(0, response);      // process 0 has sent a response
//   Version seen = 0;               // a viewer that has seen nothing yet
//   send(*relay.Wait(&seen, 1s));   // everything
//   send(*relay.Wait(&seen, 1s));   // what has changed since then
//
// The relay keeps the latest state of each process and of each breaker, as JSON
// text. Each change gets the next version. Each part of the state has the
// version of its last change. A viewer is only a number: the version up to
// which it has seen everything. A viewer that reads slowly therefore costs
// nothing. It gets fewer and larger messages, which are never larger than the
// whole state.
//
// The state is bounded, whatever the processes send. There are at most
// `max_cards` breakers with 20 events each, and bounded_json.h bounds each
// message. When a process is lost, the relay keeps its state until the process
// responds again.
//
// A message to a viewer is a JSON array. `info`, `breaker` and `events` are
// messages of admin.proto as proto3 JSON. All times are in milliseconds since
// the dashboard started. The first item is
//
//   {"now": 61000, "snapshot": true}
//
// With `snapshot`, the viewer forgets everything before. The others are
//
//   {"process": 0, "address": "unix:/run/shop.sock", "up": true, "why": "",
//    "since": 1000, "at": 61000, "hidden": false, "missedEvents": 0,
//    "info": {...}}
//   {"card": 7, "process": 0, "at": 61000, "breaker": {...},
//    "events": [{...}, ...],
//    "sums": [[at, successes, failures, rejected, unseen], ...]}
//   {"gone": 7}    (the number of a card)
//   {"ended": 0}   (the number of a process)
//
// `why` says why the process is not up, `since` is when `up` changed, and `at`
// is when the process sent the part. `hidden` is true if there was no room for
// some breakers. Parts without changes are left out. `sums` has the new items
// only, which count from the start of the process; `unseen` says that nobody
// knows when the calls since the item before were made.

#ifndef FUSEBOX_TOOLS_DASHBOARD_RELAY_H_
#define FUSEBOX_TOOLS_DASHBOARD_RELAY_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/mutex.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"
#include "tools/dashboard/card.h"

namespace fusebox::tool {

// Thread-safe.
class Relay {
 public:
  static constexpr size_t kMaxCards = 20'000;

  // Adds `addresses`, see Add(). `clock` gives the times in messages, and must
  // outlive the relay.
  explicit Relay(const std::vector<std::string>& addresses,
                 size_t max_cards = kMaxCards,
                 const Clock& clock = PreciseClock());

  // Adds a process. Its number is that of the processes before.
  void Add(const std::string& address) FUSEBOX_EXCLUDES(mu_);

  // Forgets a process and its breakers, unless it is up, and ignores what it
  // still sends. Returns whether it is forgotten.
  bool End(size_t process) FUSEBOX_EXCLUDES(mu_);

  // Takes the next response to WatchBreakers from the process.
  void Update(size_t process, const v1::WatchBreakersResponse& response)
      FUSEBOX_EXCLUDES(mu_);

  // Takes events from before the process was watched. Ignores those that the
  // relay already has.
  void AddEvents(size_t process, const v1::ListEventsResponse& events)
      FUSEBOX_EXCLUDES(mu_);

  // Marks the process as lost, for the reason `why`.
  void Lose(size_t process, const std::string& why) FUSEBOX_EXCLUDES(mu_);

  // Blocks until there is something that the viewer has not seen. Returns it
  // and updates `*seen`. Returns "" if there was nothing for `at_most`, and
  // nullopt once the relay is closed.
  std::optional<std::string> Wait(Version* seen, Millis at_most)
      FUSEBOX_EXCLUDES(mu_);

  // Blocks for `length`, or until the relay is closed.
  void Pause(Millis length) FUSEBOX_EXCLUDES(mu_);

  // Makes every Wait() and Pause() return at once, now and in the future.
  void Close() FUSEBOX_EXCLUDES(mu_);

 private:
  struct Process {
    std::string address;
    bool up = false;
    std::string why = "connecting";
    Millis since{0};
    Millis at{0};
    bool hidden = false;
    uint64_t missed_events = 0;
    std::string info = "{}";
    std::string incarnation;
    uint64_t incarnations = 0;  // so far, of this process

    bool ended = false;

    std::string json;  // everything above
    Version version = 0;

    std::map<BreakerName, std::unique_ptr<Card>> cards;
  };

  Process& BeginChange(size_t process) FUSEBOX_REQUIRES(mu_);
  void EndChange(size_t process) FUSEBOX_REQUIRES(mu_);

  void TakeBreakers(size_t process, const v1::WatchBreakersResponse& response)
      FUSEBOX_REQUIRES(mu_);
  void AddEvent(const v1::Event& event, Process* process) FUSEBOX_REQUIRES(mu_);
  void RemoveAllBut(const v1::WatchBreakersResponse& snapshot, Process* process)
      FUSEBOX_REQUIRES(mu_);
  void Forget(uint64_t card) FUSEBOX_REQUIRES(mu_);

  std::string Newer(Version seen) const FUSEBOX_REQUIRES(mu_);

  // Blocks until `done` returns true, for at most `at_most`.
  template <typename Condition>
  void WaitUntil(Millis at_most, Condition done) FUSEBOX_REQUIRES(mu_);

  Millis Now() const;

  const size_t max_cards_;
  const Clock& clock_;
  const TimePoint start_;

  Mutex mu_;
  std::condition_variable_any changed_;
  bool closed_ FUSEBOX_GUARDED_BY(mu_) = false;
  Version version_ FUSEBOX_GUARDED_BY(mu_) = 0;
  std::vector<Process> processes_ FUSEBOX_GUARDED_BY(mu_);
  size_t cards_ FUSEBOX_GUARDED_BY(mu_) = 0;
  uint64_t last_id_ FUSEBOX_GUARDED_BY(mu_) = 0;

  // The last cards that were removed. A viewer that has seen less than
  // `forgotten_` may have missed one, and gets a new snapshot.
  struct Gone {
    Version version;
    uint64_t card;
  };
  std::deque<Gone> gone_ FUSEBOX_GUARDED_BY(mu_);
  Version forgotten_ FUSEBOX_GUARDED_BY(mu_) = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_RELAY_H_
