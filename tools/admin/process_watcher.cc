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

ProcessWatcher::ProcessWatcher(AdminAddress address,
                               v1::WatchBreakersRequest request,
                               Callbacks callbacks)
    : connection_(std::move(address)),
      request_(std::move(request)),
      callbacks_(std::move(callbacks)),
      thread_([this] { Run(); }) {}

ProcessWatcher::~ProcessWatcher() {
  {
    const MutexLock lock(mu_);
    stopped_ = true;
    if (context_ != nullptr) context_->TryCancel();
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
    if (parts.Join(&response)) callbacks_.on_response(response);
  }
  grpc::Status status = stream->Finish();
  if (!End()) return came;
  if (status.ok()) {
    status = grpc::Status(grpc::StatusCode::UNAVAILABLE,
                          "the process ended the watch");
  }
  callbacks_.on_lost(status);
  return came;
}

bool ProcessWatcher::Begin(grpc::ClientContext* context) {
  const MutexLock lock(mu_);
  if (stopped_) return false;
  context_ = context;
  return true;
}

bool ProcessWatcher::End() {
  const MutexLock lock(mu_);
  context_ = nullptr;
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
