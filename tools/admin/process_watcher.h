// process_watcher.h: watches the breakers of one process and reconnects.
//
//   ProcessWatcher watcher(address, request,
//                          {[&](const v1::WatchBreakersResponse& response) {
//                             ...  // a whole snapshot, then changes
//                           },
//                           nullptr,
//                           [&](const grpc::Status& why) { ... }});
//
// If the stream ends or cannot begin, the watcher tries again: first after
// 250 ms, then after twice as long each time, at most 2 s. The first response
// after each loss is a snapshot. The responses of a process that was restarted
// have another incarnation.

#ifndef FUSEBOX_TOOLS_ADMIN_PROCESS_WATCHER_H_
#define FUSEBOX_TOOLS_ADMIN_PROCESS_WATCHER_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <set>
#include <thread>

#include "fusebox/base/mutex.h"
#include "fusebox/v1/admin.grpc.pb.h"
#include "tools/admin/address.h"
#include "tools/admin/connection.h"

namespace fusebox::tool {

class ProcessWatcher {
 public:
  // The watcher calls both functions on a thread of its own, one call at a
  // time. They must not destroy the watcher.
  struct Callbacks {
    std::function<void(const v1::WatchBreakersResponse&)> on_response;

    // Runs instead of `on_response` if it is set, and gets each part of a long
    // response as it arrives, with its own time.
    std::function<void(const v1::WatchBreakersResponse&)> on_part;

    // Runs whenever a stream has ended or could not begin. The status is never
    // OK.
    std::function<void(const grpc::Status&)> on_lost;
  };

  // Starts watching at once.
  ProcessWatcher(const AdminAddress& address, v1::WatchBreakersRequest request,
                 Callbacks callbacks);

  // Ends the watch at once. No callback runs after it returns.
  ~ProcessWatcher();

  ProcessWatcher(const ProcessWatcher&) = delete;
  ProcessWatcher& operator=(const ProcessWatcher&) = delete;

  // Reads the events that the process keeps. Returns CANCELLED when the watcher
  // ends. Only callbacks may call this.
  grpc::Status ListEvents(const v1::ListEventsRequest& request,
                          v1::ListEventsResponse* response);

 private:
  void Run();

  // Runs one stream to its end. Returns whether anything arrived.
  bool WatchOnce();

  // Begin and end a call, which the destructor cancels. These and Wait() return
  // false once the watcher is to end.
  bool Begin(grpc::ClientContext* call);
  bool End(grpc::ClientContext* call);
  bool Wait(std::chrono::milliseconds delay);

  Connection connection_;
  const v1::WatchBreakersRequest request_;
  const Callbacks callbacks_;

  Mutex mu_;
  std::condition_variable_any changed_;
  bool stopped_ FUSEBOX_GUARDED_BY(mu_) = false;
  std::set<grpc::ClientContext*> calls_ FUSEBOX_GUARDED_BY(mu_);

  std::thread thread_;  // last, because it uses the other members
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TOOLS_ADMIN_PROCESS_WATCHER_H_
