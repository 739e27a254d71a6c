// event_feed.h: delivers each event of one process once and in order.
//
// A watch reports the events that happen after it began, and drops some if the
// reader is slow. The process also keeps the last events of each breaker. The
// feed combines the two: it asks for the kept events whenever a watch begins
// and whenever events are missing. It counts the events that are still missing.

#ifndef FUSEBOX_TOOLS_WATCH_EVENT_FEED_H_
#define FUSEBOX_TOOLS_WATCH_EVENT_FEED_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {

class EventFeed {
 public:
  // Asks the process for the events that it keeps.
  using List = std::function<grpc::Status(const v1::ListEventsRequest&,
                                          v1::ListEventsResponse*)>;

  // `filter` is the filter of the watch. The feed skips the events up to number
  // `after`. From before the watch, it delivers at most the last `limit`
  // events.
  EventFeed(const v1::BreakerFilter& filter, uint64_t after, uint32_t limit,
            List list);

  struct News {
    bool restarted = false;  // a new process answers; its events begin with 1
    std::vector<v1::Event> events;  // in the order of their numbers
    uint64_t missed = 0;            // events lost since the last one
    grpc::Status status;  // not OK if the kept events could not be read

    // Returns everything except the events as sentences for people.
    std::vector<std::string> Notes() const;
  };

  // Returns what is new in the response. May ask the process for kept events.
  News Take(const v1::WatchBreakersResponse& response);

 private:
  void CountHoles(uint64_t holes, News* news);

  v1::BreakerFilter filter_;
  bool all_;  // the filter matches everything
  uint32_t limit_;
  List list_;
  bool begun_ = false;
  std::string incarnation_;
  uint64_t last_;  // the number of the last event that was delivered
  uint64_t reported_ahead_ = 0;  // missed events whose gap has not appeared yet
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_EVENT_FEED_H_
