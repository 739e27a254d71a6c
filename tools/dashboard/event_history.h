// event_history.h: keeps the last events of a breaker or a process as JSON.

#ifndef FUSEBOX_TOOLS_DASHBOARD_EVENT_HISTORY_H_
#define FUSEBOX_TOOLS_DASHBOARD_EVENT_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "fusebox/v1/admin.pb.h"
#include "tools/dashboard/rate_series.h"

namespace fusebox::tool {

// Events are ordered by sequence number, and those of a restarted process come
// after those before the restart. The oldest events go first if there are too
// many bytes. Thread-compatible.
class EventHistory {
 public:
  static constexpr size_t kMaxBytes = 32 * 1024;

  // Adds an event that happened at `at`. Does nothing if the history has the
  // event, or has dropped it. `run` counts the restarts of the process, because
  // the numbers of its events begin with 1 after each. Returns whether the
  // history has changed.
  bool Add(uint64_t run, const v1::Event& event, Millis at, Version version);

  // Forgets the events before `at`, but keeps the newest `always`.
  void ForgetBefore(Millis at, size_t always);

  // Appends the events that were added after `seen`, oldest first, as JSON
  // objects with commas between them.
  void AppendNewer(Version seen, std::string* json) const;

  bool empty() const { return events_.empty(); }
  size_t bytes() const { return bytes_; }

  // Returns the time of the newest event that was dropped for its bytes, or 0.
  // From then on, the history is complete.
  Millis complete_since() const { return complete_since_; }

 private:
  using Place = std::pair<uint64_t, uint64_t>;  // run, sequence
  struct Item {
    Millis at;
    Version version;
    std::string json;
  };

  // Returns how many bytes the item takes.
  static size_t BytesOf(const Item& item);
  void DropFirst();

  std::map<Place, Item> events_;
  size_t bytes_ = 0;
  Place dropped_;  // the last one
  Millis complete_since_{0};
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_DASHBOARD_EVENT_HISTORY_H_
