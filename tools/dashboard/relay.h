// relay.h: relays what processes report about their breakers to all viewers of
// the page.
//
//   Relay relay({"unix:/run/shop.sock", "127.0.0.1:9901"});
//   relay.Update(0, response);      // process 0 has sent a response
//   Version seen = 0;               // a viewer that has seen nothing yet
//   send(*relay.Wait(&seen, 1s));   // everything, with the last hour
//   send(*relay.Wait(&seen, 1s));   // what has changed since then
//
// The relay keeps the latest state of each process and of each breaker, and the
// history of the last hour, as JSON text. Each change gets the next version.
// Each part of the state has the version of its last change. A viewer is only a
// number: the version up to which it has seen everything. A viewer that reads
// slowly therefore costs nothing. It gets fewer and larger messages, which are
// never larger than the whole state.
//
// Everything is bounded, whatever the processes send. There are at most
// `max_cards` breakers. The history of one takes at most Card::kMaxBytes, and
// that of all at most `max_history_bytes`: if it becomes larger, the oldest
// minutes go, and `from` tells the page. bounded_json.h bounds each message.
// When a process is lost, the relay keeps its state until the process responds
// again. A breaker that is no longer in use stays as long as it has history.
//
// A message to a viewer is a JSON array. `info`, `breaker` and `event` are
// messages of admin.proto as proto3 JSON. All other times are in milliseconds
// since the dashboard started. The first item is
//
//   {"now": 61000, "wall": 1700000061000, "from": 0, "snapshot": true}
//
// `wall` is the same moment as the time since the epoch. The history is
// complete since `from`. With `snapshot`, the viewer forgets everything before.
// The others are
//
//   {"process": 0, "address": "unix:/run/shop.sock", "up": true, "why": "",
//    "since": 1000, "at": 61000, "offset": -20, "began": 1000,
//    "hidden": false, "missedEvents": 0, "events": [...], "info": {...}}
//   {"card": 7, "process": 0, "at": 61000, "breaker": {...},
//    "modeSeen": 1000, "modeExact": false, "eventsSince": 0,
//    "events": [{"run": 1, "at": 60000, "event": {...}}, ...],
//    "seconds": [[60, admitted, successes, failures, rejected, fallbacks],
//    ...], "tens": [[6, ...], ...]}
//   {"card": 7, "process": 0, "unused": {...}}    (its name)
//   {"gone": 7}    (the number of a card)
//   {"ended": 0}   (the number of a process)
//
// `why` says why the process is not up, and `since` is when `up` changed.
// `began` is the time of its first response. `at`, `began`, `modeSeen`,
// `eventsSince` and the times of events, seconds and tens are by the time of
// the process (process_clock.h). Add its `offset` to compare them with `now`.
// `hidden` is true if there was no room for some breakers. Parts without
// changes are left out. `events`, `seconds` and `tens` have only the new or
// changed items. Events of the config belong to the process. `modeSeen` is when
// the mode was first seen, and `modeExact` is whether it began then.

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
#include "tools/admin/process_clock.h"
#include "tools/dashboard/card.h"
#include "tools/dashboard/coverage.h"
#include "tools/dashboard/event_history.h"

namespace fusebox::tool {

// Thread-safe.
class Relay {
 public:
  struct Limits {
    size_t max_cards = 20'000;
    size_t max_history_bytes = size_t{64} << 20;
  };

  // Adds `addresses`, see Add(). `clock` gives the times in messages, and must
  // outlive the relay.
  Relay(const std::vector<std::string>& addresses, Limits limits,
        const Clock& clock = PreciseClock());
  explicit Relay(const std::vector<std::string>& addresses)
      : Relay(addresses, Limits()) {}

  // Adds a process. Its number is that of the processes before.
  void Add(const std::string& address) FUSEBOX_EXCLUDES(mu_);

  // Forgets a process and its breakers, unless it is up, and ignores what it
  // still sends. Returns whether it is forgotten.
  bool End(size_t process) FUSEBOX_EXCLUDES(mu_);

  // Takes the next response to WatchBreakers from the process, or the next part
  // of one.
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
    ProcessClock clock;
    Millis at{0};
    std::optional<Millis> began;
    bool hidden = false;
    uint64_t missed_events = 0;
    std::string info = "{}";
    std::string incarnation;
    uint64_t incarnations = 0;  // so far, of this process
    EventHistory events;        // of the config
    Coverage coverage;

    bool ended = false;
    Version version = 0;

    std::map<BreakerName, std::unique_ptr<Card>> cards;
  };

  Process& BeginChange(size_t process) FUSEBOX_REQUIRES(mu_);
  void EndChange(Process* process) FUSEBOX_REQUIRES(mu_);

  void TakeBreakers(size_t process, const v1::WatchBreakersResponse& response,
                    std::optional<Millis> from) FUSEBOX_REQUIRES(mu_);
  Card* FindCard(size_t process, const v1::BreakerName& name)
      FUSEBOX_REQUIRES(mu_);
  void AddEvent(const v1::Event& event, Process* process) FUSEBOX_REQUIRES(mu_);
  void EndSnapshot(Process* process) FUSEBOX_REQUIRES(mu_);

  // Forgets what is older than an hour, and the oldest if that is too much.
  void LimitHistory() FUSEBOX_REQUIRES(mu_);

  // Forgets history from before `at`, except the newest `always` events of each
  // breaker in use. Forgets cards that have become empty.
  void ForgetBefore(Millis at, size_t always) FUSEBOX_REQUIRES(mu_);

  // Forgets all cards that are not in use.
  void MakeRoom() FUSEBOX_REQUIRES(mu_);
  void Forget(const Card& card) FUSEBOX_REQUIRES(mu_);

  std::string Newer(Version seen) const FUSEBOX_REQUIRES(mu_);
  void AppendProcess(size_t index, Version seen, std::string* json) const
      FUSEBOX_REQUIRES(mu_);

  // Blocks until `done` returns true, for at most `at_most`.
  template <typename Condition>
  void WaitUntil(Millis at_most, Condition done) FUSEBOX_REQUIRES(mu_);

  Millis SinceStart(TimePoint at) const;
  Millis Now() const;

  const Limits limits_;
  const Clock& clock_;
  const TimePoint start_;

  Mutex mu_;
  std::condition_variable_any changed_;
  bool closed_ FUSEBOX_GUARDED_BY(mu_) = false;
  Version version_ FUSEBOX_GUARDED_BY(mu_) = 0;
  std::deque<Process> processes_ FUSEBOX_GUARDED_BY(mu_);
  size_t cards_ FUSEBOX_GUARDED_BY(mu_) = 0;
  uint64_t last_id_ FUSEBOX_GUARDED_BY(mu_) = 0;

  size_t history_bytes_ FUSEBOX_GUARDED_BY(mu_) = 0;  // of all cards
  Millis from_ FUSEBOX_GUARDED_BY(mu_){
      0};  // the history is complete since then
  Millis swept_ FUSEBOX_GUARDED_BY(mu_){0};  // when old history went last

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
