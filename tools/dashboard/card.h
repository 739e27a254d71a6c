// card.h: keeps what the page shows of one breaker, as JSON text.

#ifndef FUSEBOX_TOOLS_DASHBOARD_CARD_H_
#define FUSEBOX_TOOLS_DASHBOARD_CARD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "fusebox/v1/admin.pb.h"
#include "tools/dashboard/event_history.h"
#include "tools/dashboard/rate_series.h"

namespace fusebox::tool {

// A card has the latest state of the breaker, its last events, and the calls of
// the last minute and of the last hour. Each part remembers the version of its
// last change, so that a viewer gets only the parts that it has not seen.
// relay.h describes the JSON.
//
// All times are those of the process (process_clock.h). If the breaker is no
// longer in use, or if its process was restarted, the card stays without the
// state, for the sake of its history. Thread-compatible.
class Card {
 public:
  // The page draws the last minute second by second, and the last hour in parts
  // of ten seconds. A few more are kept for responses that come late.
  static constexpr size_t kMaxSeconds = 80;
  static constexpr size_t kMaxTens = 366;

  // The newest events stay for longer than an hour.
  static constexpr size_t kAlwaysKept = 20;

  // The largest value of bytes().
  static constexpr size_t kMaxBytes = EventHistory::kMaxBytes + 20 * 1024;

  Card(uint64_t id, size_t process, const v1::BreakerName& name);

  // Replaces the state by that of `breaker` at `at`. The calls since the state
  // before were made after `from`, which is absent if nobody knows that.
  void Take(const v1::Breaker& breaker, Millis at, std::optional<Millis> from,
            Version version);

  // Removes the state: the breaker is not in use.
  void Leave(Version version);

  // Adds an event of the given run of the process.
  void AddEvent(uint64_t run, const v1::Event& event, Millis at,
                Version version);

  // Forgets history from before `at`, except the newest `always` events.
  void ForgetBefore(Millis at, size_t always);

  // Appends a comma and the parts newer than `seen` as one JSON object, if
  // there are any.
  void AppendNewer(Version seen, std::string* json) const;

  uint64_t id() const { return id_; }
  bool in_use() const { return in_use_; }
  bool has_history() const;

  // Returns the approximate size of the history.
  size_t bytes() const;

  // The number of the last snapshot that named the breaker.
  uint64_t snapshot = 0;

 private:
  void FollowMode(const v1::Breaker& breaker, Millis at, bool is_exact);

  const uint64_t id_;
  const std::string begin_;  // how the JSON object begins
  const std::string name_;   // as JSON
  Version newest_ = 0;       // the latest version of all parts

  bool in_use_ = false;
  Millis at_{0};  // when the process sent the state
  std::string breaker_;
  Version breaker_version_ = 0;

  // The mode in force, the operator's, and since when the card knows them.
  int mode_ = 0;
  int operator_mode_ = 0;
  Millis mode_seen_{0};
  bool mode_is_exact_ = false;

  EventHistory events_;

  std::optional<CallCounts> counts_;  // of all calls since the process started
  RateSeries seconds_{std::chrono::seconds(1), kMaxSeconds};
  RateSeries tens_{std::chrono::seconds(10), kMaxTens};
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_CARD_H_
