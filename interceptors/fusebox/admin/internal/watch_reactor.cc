#include "fusebox/admin/internal/watch_reactor.h"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/feed.h"
#include "fusebox/admin/internal/status.h"
#include "fusebox/admin/internal/watch_hub.h"

namespace fusebox::internal {

WatchReactor* WatchReactor::Start(grpc::CallbackServerContext* context,
                                  std::shared_ptr<WatchHub> hub,
                                  WatchRequest request) {
  std::shared_ptr<WatchReactor> reactor(
      new WatchReactor(*context, std::move(hub)));
  WatchReactor* const started = reactor.get();
  started->self_ = reactor;
  const absl::Status added = started->hub_->Add(reactor, std::move(request));
  if (!added.ok()) started->End(added);
  return started;
}

void WatchReactor::Write(std::vector<grpc::Slice> response) {
  response_ = grpc::ByteBuffer(response.data(), response.size());
  StartWrite(&response_);
}

void WatchReactor::End(const absl::Status& status) {
  Finish(ToGrpcStatus(status));
}

void WatchReactor::OnWriteDone(bool ok) {
  response_.Clear();
  hub_->Written(this, ok);
}

}  // namespace fusebox::internal
