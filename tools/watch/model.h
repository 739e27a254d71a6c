// model.h: keeps what the watches of several processes have reported.

#ifndef FUSEBOX_TOOLS_WATCH_MODEL_H_
#define FUSEBOX_TOOLS_WATCH_MODEL_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/process_clock.h"
#include "tools/watch/event_feed.h"

namespace fusebox::tool {

// Not thread-safe. `now` comes from a steady clock. A response may be taken
// late, even after the events of the process were read. What it says is as old
// as its process says.
class Model {
 public:
  static constexpr size_t kMaxEvents = 200;  // the model forgets older ones

  struct KnownBreaker {
    v1::Breaker breaker;
    TimePoint at{};  // when the process sent it, on the scale of `clock`
  };

  struct KnownProcess {
    AdminAddress address;
    v1::Process process;
    ProcessClock clock;
    bool connected = false;
    bool ever_connected = false;
    bool ended = false;  // the process does not count any more
    std::string lost;    // why it is not connected
    std::map<BreakerName, KnownBreaker> breakers;
  };

  // An event, or a note about events.
  struct Line {
    size_t process = 0;
    std::optional<v1::Event> event;
    std::string note;  // if there is no event
  };

  // Adds a process. Its number is that of the processes before.
  void Add(const AdminAddress& address);

  // Forgets the breakers of a process that has ended. Its events stay.
  void End(size_t process);

  // Takes a response from the process with that number. Of its events, the
  // model remembers transitions and changes of modes and configs.
  void Take(size_t process, const v1::WatchBreakersResponse& response,
            const EventFeed::News& news, TimePoint now);
  void Lose(size_t process, const grpc::Status& status);

  // Returns all processes, also those that have ended.
  const std::vector<KnownProcess>& processes() const { return processes_; }

  // Returns how many processes have not ended.
  size_t running() const;

  const std::deque<Line>& lines() const { return lines_; }

  struct Row {
    // Returns how long ago the process reported the breaker.
    Duration Age(TimePoint now) const {
      return now - process->clock.Local(breaker->at);
    }

    const KnownProcess* process;
    const KnownBreaker* breaker;
  };

  // Returns the breakers in trouble first: those that are OPEN or FORCED_OPEN,
  // then HALF_OPEN, then those whose mode an operator set. The others follow.
  // Within each group, the order is by process and name.
  std::vector<Row> Rows() const;

 private:
  void Remember(Line line);

  std::vector<KnownProcess> processes_;
  std::deque<Line> lines_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_MODEL_H_
