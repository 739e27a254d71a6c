// options.h: settings of an admin service.
//
//   fusebox::AdminOptions options;
//   options.read_only = false;
//   options.authorize = [](const fusebox::AdminCall& call) {
//     return IsOperator(call.context) ? grpc::Status::OK : Denied();
//   };
//
// By default, every caller may look at the breakers and nobody may change them.

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

// A call to authorize. It is valid only while the hook runs.
struct AdminCall {
  // The name of the method, such as "SetMode".
  std::string_view method;

  // Whether the method changes something.
  bool changes = false;

  // Describes the caller: peer(), auth_context(), client_metadata().
  const grpc::CallbackServerContext& context;

  // The caller's name for the log, the events and the history of configs. The
  // hook may set it. At first it is the identity of the caller's certificate
  // or, on a unix socket, the user at its other end ("alice", or "alice or
  // root" if both are connected), or empty.
  std::string* author;
};

struct AdminOptions {
  // Refuses the calls that change something (SetMode, ResetBreakers and
  // UpdateConfig) with PERMISSION_DENIED. The default is read-only.
  bool read_only = true;

  // Decides about every call. If it does not return OK, the call fails with the
  // status that it returns. If it throws, the call fails with INTERNAL. If it
  // is empty, every caller is allowed. It runs on threads of gRPC, in several
  // calls at once, and must not block.
  std::function<grpc::Status(const AdminCall& call)> authorize;

  // Tells clients which process they look at, such as "cart-7d9f". Bytes that
  // are not UTF-8 are escaped. The default is empty.
  std::string process_name;

  // How many clients may watch at once. Another one gets RESOURCE_EXHAUSTED.
  // The default is 100.
  size_t max_watchers = 100;

  // How many events wait for a watcher that reads slowly. If there are more,
  // the oldest are dropped, and the next response counts them. The default is
  // 512. A watcher that reads nothing holds one response besides.
  size_t watcher_events = 512;

  // How many events are kept for clients that ask later.
  EventLog::Options event_log;

  // Refuses longer requests with RESOURCE_EXHAUSTED. Only an AdminServer uses
  // it. Must be greater than 0. The default is 4 MiB.
  int max_request_bytes = 4 << 20;

  // Serves gRPC's server reflection too, so that grpcurl and others can call
  // the service without admin.proto. It describes nothing but the admin
  // service. `authorize` decides about it as about every other call; its method
  // is "ServerReflectionInfo". Only an AdminServer uses it: the application
  // decides what its own server reflects. The default is false. If the process
  // links grpc++_reflection, gRPC serves reflection on all of its servers, also
  // on this one.
  bool reflection = false;
};

}  // namespace fusebox

#endif  // FUSEBOX_ADMIN_OPTIONS_H_
