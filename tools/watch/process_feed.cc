#include "tools/watch/process_feed.h"

#include <grpcpp/client_context.h>

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
    : connection_(address),
      events_(filter, after, limit,
              [this](const v1::ListEventsRequest& request,
                     v1::ListEventsResponse* response) {
                return List(request, response);
              }),
      watcher_(address, RequestOf(filter),
               {[this, on_response = callbacks.on_response](
                    const v1::WatchBreakersResponse& response) {
                  on_response(response, events_.Take(response));
                },
                callbacks.on_lost}) {}

ProcessFeed::~ProcessFeed() {
  const MutexLock lock(mu_);
  stopped_ = true;
  if (listing_ != nullptr) listing_->TryCancel();
}

grpc::Status ProcessFeed::List(const v1::ListEventsRequest& request,
                               v1::ListEventsResponse* response) {
  grpc::ClientContext context;
  SetDeadline(&context);
  {
    const MutexLock lock(mu_);
    if (stopped_) return grpc::Status::CANCELLED;
    listing_ = &context;
  }
  grpc::Status status =
      connection_.stub().ListEvents(&context, request, response);
  const MutexLock lock(mu_);
  listing_ = nullptr;
  return status;
}

}  // namespace fusebox::tool
