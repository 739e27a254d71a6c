// ledger.h: records how each call of one client ended. The rows and the report
// are computed from it, so that they cannot disagree.

#ifndef DEMO_LEDGER_H_
#define DEMO_LEDGER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"

namespace outage {

using fusebox::Duration;
using fusebox::TimePoint;

inline TimePoint Now() { return std::chrono::steady_clock::now(); }

enum class Ending {
  kOk,
  kFailed,
  kRejected,  // the breaker rejected it, in this process
};

struct CallRecord {
  TimePoint began;
  std::optional<TimePoint> ended;  // absent while it waits
  Ending ending = Ending::kOk;
  int code = 0;  // the status code

  // Whether the channel had a connection when the call began. Without one, gRPC
  // fails the call by itself.
  bool connected = false;

  // Returns true if the call was sent to the server.
  bool sent() const { return connected && ending != Ending::kRejected; }

  bool WaitingAt(TimePoint t) const {
    return began <= t && (!ended || *ended > t);
  }
};

using CallRecords = std::vector<CallRecord>;

// When the first call ended with OK at or after `since`.
std::optional<TimePoint> FirstAnswer(const CallRecords& calls, TimePoint since);

// When the first call began that found a connection at or after `since`. Absent
// if the call before `since` had found one too.
std::optional<TimePoint> Reconnected(const CallRecords& calls, TimePoint since);

// Writes the calls that have ended as CSV for `fusebox replay`. Times count
// from the beginning of the first call. Returns false and sets errno if it
// fails.
bool WriteCsv(const CallRecords& calls, const std::string& path);

// Thread-safe. It reads the clock itself, under its lock, so that a reading
// after a moment contains all calls that ended before that moment.
class Ledger {
 public:
  // Whether it keeps the calls. If not, it only counts those that wait, so that
  // a client may call for days.
  enum class Keep { kCalls, kNothing };

  explicit Ledger(Keep keep) : keep_(keep) {}

  // Returns the call's number, for End().
  size_t Begin(bool connected);
  void End(size_t call, Ending ending, int code);

  CallRecords Read() const;

  // Blocks until no call is waiting.
  void WaitUntilAllEnded();

 private:
  const Keep keep_;
  mutable std::mutex mu_;
  std::condition_variable all_ended_;
  CallRecords calls_;
  size_t waiting_ = 0;
};

}  // namespace outage

#endif  // DEMO_LEDGER_H_
