// process_feed.h: watches one process and delivers all of its events.
//
// It passes the responses of a ProcessWatcher through an EventFeed.

#ifndef FUSEBOX_TOOLS_WATCH_PROCESS_FEED_H_
#define FUSEBOX_TOOLS_WATCH_PROCESS_FEED_H_

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>

#include "fusebox/v1/admin.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/process_watcher.h"
#include "tools/watch/event_feed.h"

namespace fusebox::tool {

class ProcessFeed {
 public:
  // The feed calls both functions on a thread of its own, one call at a time.
  struct Callbacks {
    std::function<void(const v1::WatchBreakersResponse&,
                       const EventFeed::News&)>
        on_response;
    std::function<void(const grpc::Status&)> on_lost;
  };

  // Starts at once. `after` and `limit` are those of EventFeed. The destructor
  // ends the watch at once, and no callback runs after it returns.
  ProcessFeed(const AdminAddress& address, const v1::BreakerFilter& filter,
              uint64_t after, uint32_t limit, const Callbacks& callbacks)
      : events_(filter, after, limit,
                [this](const v1::ListEventsRequest& request,
                       v1::ListEventsResponse* response) {
                  return watcher_.ListEvents(request, response);
                }),
        watcher_(address, RequestOf(filter),
                 {[this, on_response = callbacks.on_response](
                      const v1::WatchBreakersResponse& response) {
                    on_response(response, events_.Take(response));
                  },
                  nullptr, callbacks.on_lost}) {}

  ProcessFeed(const ProcessFeed&) = delete;
  ProcessFeed& operator=(const ProcessFeed&) = delete;

 private:
  static v1::WatchBreakersRequest RequestOf(const v1::BreakerFilter& filter) {
    v1::WatchBreakersRequest request;
    *request.mutable_filter() = filter;
    request.set_events(true);
    return request;
  }

  EventFeed events_;
  ProcessWatcher watcher_;  // last, because its thread uses `events_`
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_WATCH_PROCESS_FEED_H_
