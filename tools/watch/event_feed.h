// event_feed.h: delivers each event of one process once and in order.
//
// A watch reports events from its beginning on, and drops some if the reader is
// slow. The process also keeps the last events of each breaker. The feed
// combines the two: it asks for the kept events whenever a watch begins and
// whenever events are missing. It counts those that are still missing.

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

  // `filter` is the filter of the watch. The feed skips events up to number
  // `after`, and delivers at most the last `limit` events from before the
  // watch.
  EventFeed(const v1::BreakerFilter& filter, uint64_t after, uint32_t limit,
            List list);

  struct News {
    bool restarted = false;  // another process answers; its events begin with 1
    std::vector<v1::Event> events;  // in the order of their numbers
    uint64_t missed = 0;            // since the last event
    grpc::Status status;  // not OK if the kept events could not be read
  };

  // Returns what is new in the response. May ask the process.
  News Take(const v1::WatchBreakersResponse& response);

 private:
  void CountHoles(uint64_t holes, News* news);

  v1::BreakerFilter filter_;
  bool all_;  // it matches everything
  uint32_t limit_;
  List list_;
  bool begun_ = false;
  std::string incarnation_;
  uint64_t last_;            // the number of the last event that was delivered
  uint64_t told_ahead_ = 0;  // missed events whose place is not known yet
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_EVENT_FEED_H_
