#include "tools/watch/process_feed.h"

#include <cstdint>

namespace fusebox::tool {
namespace {

v1::WatchBreakersRequest RequestOf(const v1::BreakerFilter& filter) {
  v1::WatchBreakersRequest request;
  *request.mutable_filter() = filter;
  request.set_events(true);
  return request;
}

}  // namespace

ProcessFeed::ProcessFeed(const AdminAddress& address,
                         const v1::BreakerFilter& filter, uint64_t after,
                         uint32_t limit, const Callbacks& callbacks)
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
                callbacks.on_lost}) {}

}  // namespace fusebox::tool
