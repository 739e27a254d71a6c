// card.h: keeps what the page shows of one breaker, as JSON text.

#ifndef FUSEBOX_TOOLS_DASHBOARD_CARD_H_
#define FUSEBOX_TOOLS_DASHBOARD_CARD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

// Milliseconds since the dashboard started.
using Millis = std::chrono::milliseconds;

// Counts the changes of everything that the page shows. The first is 1.
using Version = uint64_t;

// A card has three parts: the latest state of the breaker, its last events, and
// the sums of its calls over the last minute. Each part remembers the version
// of its last change, so that a viewer gets only the parts that it has not
// seen. relay.h describes the JSON. Thread-compatible.
class Card {
 public:
  static constexpr size_t kMaxEvents = 20;

  // The page draws one minute. A process reports a breaker once per second, and
  // more often when its state changes.
  static constexpr size_t kMaxSums = 80;

  Card(uint64_t id, size_t process);

  // Replaces the state by that of `breaker` at `now`. `unseen` says that nobody
  // watched the breaker until now, so that nobody knows when its calls were
  // made.
  void Take(const v1::Breaker& breaker, bool unseen, Millis now,
            Version version);

  // Adds an event, unless the card has it or has kMaxEvents newer ones. Events
  // are ordered by sequence number. `incarnation` counts the restarts of the
  // process, because the numbers begin with 1 after each.
  void AddEvent(uint64_t incarnation, const v1::Event& event, Version version);

  // Appends a comma and the parts newer than `seen` as one JSON object, if
  // there are any.
  void AppendNewer(Version seen, std::string* json) const;

  uint64_t id() const { return id_; }

 private:
  // Counts all calls since the process started.
  struct Sums {
    Millis at;
    uint64_t successes;
    uint64_t failures;
    uint64_t rejected;
    bool unseen;
    Version version;
  };

  const uint64_t id_;
  const std::string begin_;  // how the JSON object begins
  Version newest_ = 0;       // the latest version of all parts

  Millis at_{0};  // when the process sent the breaker
  std::string breaker_;
  Version breaker_version_ = 0;

  std::map<std::pair<uint64_t, uint64_t>, std::string> events_;
  Version events_version_ = 0;

  std::deque<Sums> sums_;  // one item whenever a sum has changed
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_CARD_H_
