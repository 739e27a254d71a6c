// event_feed.h: the events of one process, each once and in order.
//
// A watch tells of events from its beginning on, and drops some for who reads
// slowly; the process keeps the last ones of each breaker. The feed puts the
// two together: at each beginning of a watch, and wherever it has a hole, the
// kept ones are asked for. What is still missing is counted.

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
  // Asks the process for the kept ones.
  using List = std::function<grpc::Status(const v1::ListEventsRequest&,
                                          v1::ListEventsResponse*)>;

  // `filter` is that of the watch. Events up to number `after` are of no
  // interest; of those before the watch, the last `limit`.
  EventFeed(const v1::BreakerFilter& filter, uint64_t after, uint32_t limit,
            List list);

  struct News {
    bool restarted = false;  // another process answers; its events begin anew
    std::vector<v1::Event> events;  // by number
    uint64_t missed = 0;            // between them and those before
    grpc::Status status;            // why kept ones could not be asked for
  };

  // What a response brings. May ask.
  News Take(const v1::WatchBreakersResponse& response);

 private:
  void CountHoles(uint64_t holes, News* news);

  v1::BreakerFilter filter_;
  bool all_;  // it matches everything
  uint32_t limit_;
  List list_;
  bool begun_ = false;
  std::string incarnation_;
  uint64_t last_;            // told of
  uint64_t told_ahead_ = 0;  // missed ones whose place is not known yet
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_EVENT_FEED_H_
