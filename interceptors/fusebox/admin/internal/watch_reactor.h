// watch_reactor.h: connects a WatchBreakers call of gRPC to the hub.

#ifndef FUSEBOX_ADMIN_INTERNAL_WATCH_REACTOR_H_
#define FUSEBOX_ADMIN_INTERNAL_WATCH_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/slice.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/admin/internal/feed.h"
#include "fusebox/admin/internal/watch_hub.h"

namespace fusebox::internal {

// Lives until OnDone(), or until the hub drops it if that is later. The hub's
// thread starts all operations, so that none overtakes another.
class WatchReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public WatchSink {
 public:
  // Returns the reactor of a call. If the hub does not accept the watcher, the
  // call ends at once.
  static WatchReactor* Start(grpc::CallbackServerContext* context,
                             std::shared_ptr<WatchHub> hub,
                             WatchRequest request);

  WatchReactor(const WatchReactor&) = delete;
  WatchReactor& operator=(const WatchReactor&) = delete;

  // WatchSink:
  void Write(std::vector<grpc::Slice> response) override;
  void Cancel() override { context_.TryCancel(); }
  void End(const absl::Status& status) override;

  // grpc::ServerWriteReactor:
  void OnWriteDone(bool ok) override;
  void OnCancel() override { hub_->Cancelled(this); }
  void OnDone() override { std::exchange(self_, nullptr).reset(); }

 private:
  WatchReactor(grpc::CallbackServerContext& context,
               std::shared_ptr<WatchHub> hub)
      : context_(context), hub_(std::move(hub)) {}

  grpc::CallbackServerContext& context_;
  const std::shared_ptr<WatchHub> hub_;
  grpc::ByteBuffer response_;  // that is being written
  std::shared_ptr<WatchReactor> self_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_WATCH_REACTOR_H_
