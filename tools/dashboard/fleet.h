// fleet.h: the breakers of all processes that the page shows.
//
//   Fleet fleet({"unix:/run/shop.sock", "127.0.0.1:9901"});
//   fleet.Update(0, response, now);          // as process 0 tells of them
//   Viewer viewer;                           // who has seen nothing yet
//   send(fleet.News(&viewer, now));          // everything
//   ...
//   send(fleet.News(&viewer, now));          // what changed since
//
// Every change has a version, each part of each breaker the version of its last
// change, and a viewer the version that it has. So a viewer that reads slowly,
// or not at all, costs nothing: it gets fewer and larger pieces of news, and at
// most one of everything there is.
//
// It keeps no time: `now` is the dashboard's, in milliseconds since it began.
// What processes say is bounded: a text is clipped, and of breakers beyond
// `most_cards` only that there are some. A process that is lost stays as it
// was, marked; when it is back, its first response replaces all of it.
//
// News is an object in JSON:
//
//   {"now": 61000, "snapshot": true,
//    "processes": [{"id": 0, "info": {"address": ..., "up": true, ...}}],
//    "cards": [{"id": 7, "process": 0, "name": {...}, "rules": {...},
//               "state": {...}, "counts": {...}, "events": [...],
//               "rate": [[second, successes, failures, rejected], ...]}],
//    "gone": [3]}
//
// `snapshot`: forget all there was. Else a card that is known keeps the parts
// that are not there. All moments are milliseconds of `now`'s clock.

#ifndef FUSEBOX_TOOLS_DASHBOARD_FLEET_H_
#define FUSEBOX_TOOLS_DASHBOARD_FLEET_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "fusebox/v1/admin.pb.h"
#include "tools/dashboard/card.h"
#include "tools/dashboard/section.h"

namespace fusebox::tool {

// What a viewer has of a fleet: nothing, at first.
struct Viewer {
  Version version = 0;
};

// Thread-compatible.
class Fleet {
 public:
  static constexpr size_t kMostCards = 20'000;

  // Processes are known by their place here.
  explicit Fleet(const std::vector<std::string>& addresses,
                 size_t most_cards = kMostCards);

  // A response of the process's WatchBreakers, in their order.
  void Update(size_t process, const v1::WatchBreakersResponse& response,
              Millis now);

  // Events from before it was watched.
  void TakeEvents(size_t process, const v1::ListEventsResponse& events,
                  Millis now);

  // There is no connection to it, for the reason in `why`.
  void Lose(size_t process, const std::string& why, Millis now);

  // Of the newest change.
  Version version() const { return version_; }

  // What the viewer does not have yet; afterwards it has.
  std::string News(Viewer* viewer, Millis now) const;

 private:
  using Name = std::tuple<std::string, std::string, std::string>;

  struct Process {
    std::string address;
    std::string name;
    std::string incarnation;
    int64_t pid = 0;
    bool read_only = false;
    uint64_t config_generation = 0;
    uint64_t config_errors = 0;
    bool up = false;
    std::string why;      // not up
    Millis since{0};      // up, or not
    int64_t wall_ms = 0;  // its wall clock then
    uint64_t missed_events = 0;
    bool hidden = false;  // there was no room for some breakers
    std::map<Name, std::unique_ptr<Card>> cards;
    Section info;
  };

  void TakeProcess(const v1::Process& from, Process* process);
  void TakeBreakers(size_t process, const v1::WatchBreakersResponse& response,
                    Millis now);
  void TakeEvent(const v1::Event& event, Process* process, Millis now);
  void RemoveAllBut(const v1::WatchBreakersResponse& snapshot,
                    Process* process);
  void Remove(const Name& name, Process* process);
  void Bury(uint64_t id);
  void Describe(Process* process);

  const size_t most_cards_;
  size_t size_ = 0;  // cards
  uint64_t last_id_ = 0;
  Version version_ = 0;
  std::vector<Process> processes_;

  // Cards that are no longer there, for viewers that have them; who has seen
  // less than `forgotten_` starts anew.
  struct Gone {
    Version version;
    uint64_t id;
  };
  std::deque<Gone> gone_;
  Version forgotten_ = 0;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_FLEET_H_
