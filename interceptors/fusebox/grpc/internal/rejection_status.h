// rejection_status.h: makes the status of a rejected RPC.

#ifndef FUSEBOX_GRPC_INTERNAL_REJECTION_STATUS_H_
#define FUSEBOX_GRPC_INTERNAL_REJECTION_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "fusebox/core/permit.h"
#include "fusebox/registry/breaker_name.h"

namespace fusebox::internal {

// The status of a rejected RPC.
grpc::Status MakeRejectionStatus(const BreakerName& method,
                                 absl::StatusCode code,
                                 const Rejection& rejection);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_REJECTION_STATUS_H_
