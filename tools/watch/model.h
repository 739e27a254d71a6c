// model.h: what is known of the breakers of several processes, as their
// watches tell of it.

#ifndef FUSEBOX_TOOLS_WATCH_MODEL_H_
#define FUSEBOX_TOOLS_WATCH_MODEL_H_

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/watch/event_feed.h"

namespace fusebox::tool {

// Not thread-safe. `now` is a steady clock's.
class Model {
 public:
  static constexpr size_t kMostEvents = 200;  // that are remembered

  struct KnownBreaker {
    v1::Breaker breaker;
    TimePoint at{};  // when the process said so
  };

  using Name = std::tuple<std::string, std::string, std::string>;

  struct KnownProcess {
    AdminAddress address;
    v1::Process process;
    bool connected = false;
    bool ever_connected = false;
    std::string lost;  // why, where it is not connected
    std::map<Name, KnownBreaker> breakers;
  };

  // An event, or a word about events.
  struct Line {
    size_t process = 0;
    bool is_event = true;
    v1::Event event;
    std::string note;
  };

  explicit Model(const std::vector<AdminAddress>& addresses);

  // What came from the process of that number. Of events it remembers
  // transitions, modes and configs.
  void Take(size_t process, const v1::WatchBreakersResponse& response,
            const EventFeed::News& news, TimePoint now);
  void Lose(size_t process, const grpc::Status& status);

  const std::vector<KnownProcess>& processes() const { return processes_; }
  const std::deque<Line>& lines() const { return lines_; }

  struct Row {
    const KnownProcess* process;
    const KnownBreaker* breaker;
  };

  // The troubled first: OPEN or FORCED_OPEN, HALF_OPEN, held by an operator;
  // then the rest; by process and name among them.
  std::vector<Row> Rows() const;

 private:
  void Remember(Line line);

  std::vector<KnownProcess> processes_;
  std::deque<Line> lines_;
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_MODEL_H_
