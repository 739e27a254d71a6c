// status.h: a status as gRPC sends it.

#ifndef FUSEBOX_ADMIN_INTERNAL_STATUS_H_
#define FUSEBOX_ADMIN_INTERNAL_STATUS_H_

#include <grpcpp/support/status.h>

#include <cstddef>

#include "absl/status/status.h"

namespace fusebox::internal {

// Clients take 8 KiB of trailers, and a message's bytes can be three each on
// the way: what is longer is cut short, and says how long it was.
inline constexpr size_t kMaxStatusBytes = 4000;

grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_STATUS_H_
