// watch_reactor.h: a WatchBreakers call of gRPC's, as the hub's sink.

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
#include "fusebox/admin/internal/watch_hub.h"
#include "fusebox/admin/internal/watcher.h"

namespace fusebox::internal {

// Lives until OnDone() and as long as the hub knows it, whichever is later.
// All operations are started by the hub's thread: none overtakes another.
class WatchReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public WatchSink {
 public:
  // The reactor of a call; the call ends at once where the hub has no place.
  static WatchReactor* Start(grpc::CallbackServerContext* context,
                             std::shared_ptr<WatchHub> hub,
                             WatchRequest request);

  WatchReactor(const WatchReactor&) = delete;
  WatchReactor& operator=(const WatchReactor&) = delete;

  // WatchSink.
  void Write(std::vector<grpc::Slice> response) override;
  void Cancel() override { context_.TryCancel(); }
  void End(const absl::Status& status) override;

  // gRPC's.
  void OnWriteDone(bool ok) override;
  void OnCancel() override { hub_->Cancelled(this); }
  void OnDone() override { std::exchange(self_, nullptr).reset(); }

 private:
  WatchReactor(grpc::CallbackServerContext& context,
               std::shared_ptr<WatchHub> hub)
      : context_(context), hub_(std::move(hub)) {}

  grpc::CallbackServerContext& context_;
  const std::shared_ptr<WatchHub> hub_;
  grpc::ByteBuffer response_;  // under way
  std::shared_ptr<WatchReactor> self_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_WATCH_REACTOR_H_
