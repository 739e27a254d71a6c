// card.h: what the page needs to show one breaker, as JSON text.

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

// Counts the changes of everything that the page shows, from 1.
using Version = uint64_t;

// A card has three parts: the latest state of the breaker, its last events, and
// the sums of its calls over the last minute. Each part remembers the version
// of its last change, so that a viewer gets only the parts that it has not
// seen. relay.h describes the JSON. Thread-compatible.
class Card {
 public:
  static constexpr size_t kMaxEvents = 20;

  // The page draws a minute. A breaker that changes its state is heard of more
  // often than once per second.
  static constexpr size_t kMaxSums = 80;

  Card(uint64_t id, size_t process);

  // Replaces the state by that of `breaker` at `now`. `unseen` says that nobody
  // watched the breaker until now: no one can tell when its calls were made.
  void Take(const v1::Breaker& breaker, bool unseen, Millis now,
            Version version);

  // Adds an event, unless the card has it or has kMaxEvents newer ones. Events
  // are ordered by sequence number. `incarnation` counts the restarts of the
  // process, each of which numbers its events from 1.
  void AddEvent(uint64_t incarnation, const v1::Event& event, Version version);

  // Appends a comma and the parts newer than `seen` as one JSON object, if
  // there are any.
  void AppendNewer(Version seen, std::string* json) const;

  uint64_t id() const { return id_; }

 private:
  // Of all calls since the process started.
  struct Sums {
    Millis at;
    uint64_t successes;
    uint64_t failures;
    uint64_t rejected;
    bool unseen;
    Version version;
  };

  const uint64_t id_;
  const std::string begin_;  // of the JSON object
  Version newest_ = 0;       // of all parts

  Millis at_{0};  // when the process said what follows
  std::string breaker_;
  Version breaker_version_ = 0;

  std::map<std::pair<uint64_t, uint64_t>, std::string> events_;
  Version events_version_ = 0;

  std::deque<Sums> sums_;  // a new item where a sum has changed
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_CARD_H_
