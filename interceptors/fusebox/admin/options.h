// options.h: what an admin service lets whom do.

#ifndef FUSEBOX_ADMIN_OPTIONS_H_
#define FUSEBOX_ADMIN_OPTIONS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "fusebox/log/event_log.h"

namespace fusebox {

// A call that asks to be let in. Good for the hook's call only.
struct AdminCall {
  std::string_view method;  // "SetMode"
  bool changes = false;     // or only looks

  // Who calls: peer(), auth_context(), client_metadata().
  const grpc::CallbackServerContext& context;
};

struct AdminOptions {
  // Whether calls that change something (SetMode, ResetBreakers, UpdateConfig)
  // are refused: PERMISSION_DENIED.
  bool read_only = true;

  // Asked about every call, on a thread of gRPC's, several at once; must not
  // block. What it returns is the call's status unless it is OK. One that
  // throws lets nobody in: INTERNAL. Empty: everybody who can connect is.
  std::function<grpc::Status(const AdminCall& call)> authorize;

  // What clients are told of whom they look at: "cart-7d9f". UTF-8.
  std::string process_name;

  // Watchers at once; one more gets RESOURCE_EXHAUSTED. One that reads nothing
  // holds one response, and `watcher_events` events that wait.
  size_t max_watchers = 100;
  size_t watcher_events = 512;

  // How many events are kept for who asks later.
  EventLog::Options event_log;

  // AdminServer: a longer request is refused with RESOURCE_EXHAUSTED. [4 MiB]
  // Greater than 0.
  int max_request_bytes = 4 << 20;
};

}  // namespace fusebox

#endif  // FUSEBOX_ADMIN_OPTIONS_H_
