// process_clock.h: finds out when a process sent its responses.
//
//   ProcessClock clock;
//   const ProcessClock::Reading reading = clock.Take(process, now);
//   reading.at             // when the process sent the response
//   clock.Local(reading.at)  // the same moment by the clock of this program
//
// A response can arrive late: the process, the network or its reader may have
// been slow. Whoever divides a count by the time between two arrivals then gets
// a wrong rate. ProcessClock uses the times that the process itself puts into
// its responses. Their differences are exact. To compare them with other
// clocks, it relies on the response that was the fastest in the last minutes,
// because a response may be late but never early.

#ifndef FUSEBOX_TOOLS_ADMIN_PROCESS_CLOCK_H_
#define FUSEBOX_TOOLS_ADMIN_PROCESS_CLOCK_H_

#include <cstdint>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

// Reads the time of one process, across its restarts. Not thread-safe.
class ProcessClock {
 public:
  // The times of responses are on a scale of their own. It begins with the
  // local time at which the first response arrived, and never goes back.
  struct Reading {
    TimePoint at{};

    // Whether the time since the response before is known. It is not if the
    // process was restarted, has no time, or if its wall clock was set.
    bool continues = false;
  };

  // Reads the time of the next response, which arrived at `now` by a steady
  // clock.
  Reading Take(const v1::Process& process, TimePoint now);

  // Returns the place of a wall-clock time of the process on the scale. It is
  // not later than the last response.
  TimePoint Of(const google::protobuf::Timestamp& wall) const;

  // Returns what to add to a time of the scale to get the local time.
  Duration offset() const { return offset_; }

  TimePoint Local(TimePoint at) const { return at + offset_; }

 private:
  void Adjust(TimePoint now);

  bool begun_ = false;
  std::string incarnation_;
  Duration wall_{0};      // of the last response, since the epoch
  TimePoint at_{};        // of the last response, on the scale
  TimePoint arrived_{};   // when it arrived, by the local clock
  Duration offset_{0};    // the smallest of the last two windows
  Duration current_{0};   // the smallest in this window
  Duration previous_{0};  // the smallest in the window before
  TimePoint window_{};    // when this window began
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_PROCESS_CLOCK_H_
