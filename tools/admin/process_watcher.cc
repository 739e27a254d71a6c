#include "tools/admin/process_watcher.h"

#include <grpcpp/support/sync_stream.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "tools/admin/snapshot_parts.h"

namespace fusebox::tool {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstDelay{250};
constexpr milliseconds kLongestDelay{2000};

}  // namespace

ProcessWatcher::ProcessWatcher(const AdminAddress& address,
                               v1::WatchBreakersRequest request,
                               Callbacks callbacks)
    : connection_(address),
      request_(std::move(request)),
      callbacks_(std::move(callbacks)),
      thread_([this] { Run(); }) {}

ProcessWatcher::~ProcessWatcher() {
  {
    const MutexLock lock(mu_);
    stopped_ = true;
    for (grpc::ClientContext* const call : calls_) call->TryCancel();
  }
  changed_.notify_all();
  thread_.join();
}

void ProcessWatcher::Run() {
  milliseconds delay = kFirstDelay;
  do {
    if (WatchOnce()) delay = kFirstDelay;
  } while (Wait(std::exchange(delay, std::min(delay * 2, kLongestDelay))));
}

bool ProcessWatcher::WatchOnce() {
  grpc::ClientContext context;
  if (!Begin(&context)) return false;
  const std::unique_ptr<grpc::ClientReader<v1::WatchBreakersResponse>> stream =
      connection_.stub().WatchBreakers(&context, request_);
  bool came = false;
  SnapshotParts parts;
  v1::WatchBreakersResponse response;
  while (stream->Read(&response)) {
    came = true;
    if (callbacks_.on_part) {
      callbacks_.on_part(response);
    } else if (parts.Join(&response)) {
      callbacks_.on_response(response);
    }
  }
  grpc::Status status = connection_.Explain(stream->Finish());
  if (!End(&context)) return came;
  if (status.ok()) {
    status = grpc::Status(grpc::StatusCode::UNAVAILABLE,
                          "the process ended the watch");
  }
  callbacks_.on_lost(status);
  return came;
}

grpc::Status ProcessWatcher::ListEvents(const v1::ListEventsRequest& request,
                                        v1::ListEventsResponse* response) {
  grpc::ClientContext context;
  SetDeadline(&context);
  if (!Begin(&context)) return grpc::Status::CANCELLED;
  grpc::Status status = connection_.Explain(
      connection_.stub().ListEvents(&context, request, response));
  End(&context);
  return status;
}

bool ProcessWatcher::Begin(grpc::ClientContext* call) {
  connection_.Prepare(call);
  const MutexLock lock(mu_);
  if (!stopped_) calls_.insert(call);
  return !stopped_;
}

bool ProcessWatcher::End(grpc::ClientContext* call) {
  const MutexLock lock(mu_);
  calls_.erase(call);
  return !stopped_;
}

bool ProcessWatcher::Wait(milliseconds delay) {
  const auto end = std::chrono::steady_clock::now() + delay;
  const MutexLock lock(mu_);
  while (!stopped_ &&
         changed_.wait_until(mu_, end) == std::cv_status::no_timeout) {
  }
  return !stopped_;
}

}  // namespace fusebox::tool
