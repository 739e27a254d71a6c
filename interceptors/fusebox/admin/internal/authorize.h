// authorize.h: asks the authorization hook about a call.

#ifndef FUSEBOX_ADMIN_INTERNAL_AUTHORIZE_H_
#define FUSEBOX_ADMIN_INTERNAL_AUTHORIZE_H_

#include <grpcpp/support/status.h>

#include <functional>

#include "fusebox/admin/options.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Returns what the hook returns, or INTERNAL if it throws. An empty hook allows
// every call.
inline grpc::Status Authorize(
    const std::function<grpc::Status(const AdminCall&)>& hook,
    const AdminCall& call, Registry* registry) {
  if (!hook) return grpc::Status::OK;
  grpc::Status status;
  if (!NoThrow([&] { status = hook(call); })) {
    registry->ReportCallbackError();
    return grpc::Status(grpc::StatusCode::INTERNAL,
                        "the authorization hook has failed");
  }
  return status;
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_AUTHORIZE_H_
