// process_watcher.h: keeps the watch of one process's breakers alive.
//
//   ProcessWatcher watcher(address, request,
//                          {[&](const v1::WatchBreakersResponse& response) {
//                             ...  // a snapshot, whole, then what changed
//                           },
//                           [&](const grpc::Status& why) { ... }});
//
// When the stream ends, or there was none, it tries again: after 250 ms, then
// after twice as long each time, 2 s at most. After each loss the next response
// is a snapshot. A process that was restarted has another incarnation in its
// responses.

#ifndef FUSEBOX_TOOLS_ADMIN_PROCESS_WATCHER_H_
#define FUSEBOX_TOOLS_ADMIN_PROCESS_WATCHER_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <thread>

#include "fusebox/base/mutex.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"

namespace fusebox::tool {

class ProcessWatcher {
 public:
  // Both are called on a thread of the watcher's own, one call at a time. They
  // must not destroy it.
  struct Callbacks {
    std::function<void(const v1::WatchBreakersResponse&)> on_response;

    // The stream ended, or could not be begun; never OK. Told of each attempt.
    std::function<void(const grpc::Status&)> on_lost;
  };

  // Begins at once.
  ProcessWatcher(AdminAddress address, v1::WatchBreakersRequest request,
                 Callbacks callbacks);

  // Ends at once; nothing is called once it returns.
  ~ProcessWatcher();

  ProcessWatcher(const ProcessWatcher&) = delete;
  ProcessWatcher& operator=(const ProcessWatcher&) = delete;

  const AdminAddress& address() const { return connection_.address(); }

 private:
  void Run();

  // One stream, to its end; whether anything came.
  bool WatchOnce();

  // False where the watcher ends.
  bool Begin(grpc::ClientContext* context);
  bool End();
  bool Wait(std::chrono::milliseconds delay);

  Connection connection_;
  const v1::WatchBreakersRequest request_;
  const Callbacks callbacks_;

  Mutex mu_;
  std::condition_variable_any changed_;
  bool stopped_ FUSEBOX_GUARDED_BY(mu_) = false;
  grpc::ClientContext* context_ FUSEBOX_GUARDED_BY(mu_) = nullptr;

  std::thread thread_;  // last: it uses the rest
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_PROCESS_WATCHER_H_
