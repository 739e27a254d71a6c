// caller.h: finds out who calls the admin service.

#ifndef FUSEBOX_ADMIN_INTERNAL_CALLER_H_
#define FUSEBOX_ADMIN_INTERNAL_CALLER_H_

#include <grpcpp/server_context.h>

#include <string>

namespace fusebox::internal {

// Returns the identity of the caller's certificate or, on a unix socket, the
// user at its other end. gRPC does not tell which of several connections a call
// came on: if they belong to several users, returns "alice or root". Returns an
// empty text if nobody knows.
std::string CallerName(const grpc::CallbackServerContext& context);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_CALLER_H_
