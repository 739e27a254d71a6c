// rejection_status.h: creates the status of a rejected call.

#ifndef FUSEBOX_GRPC_INTERNAL_REJECTION_STATUS_H_
#define FUSEBOX_GRPC_INTERNAL_REJECTION_STATUS_H_

#include <grpcpp/support/status.h>

#include "fusebox/core/permit.h"
#include "fusebox/registry/internal/method_breaker.h"

namespace fusebox::internal {

// Returns the status of a rejected call (see rejection.h).
grpc::Status MakeRejectionStatus(const MethodBreaker& breaker,
                                 const Rejection& rejection);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_REJECTION_STATUS_H_
