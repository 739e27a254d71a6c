// status.h: turns an absl::Status into one that gRPC can send.

#ifndef FUSEBOX_ADMIN_INTERNAL_STATUS_H_
#define FUSEBOX_ADMIN_INTERNAL_STATUS_H_

#include <grpcpp/support/status.h>

#include <cstddef>

#include "absl/status/status.h"

namespace fusebox::internal {

// A client accepts 8 KiB of trailers, and gRPC may send three bytes for one
// byte of the message. A longer message is shortened, and says how long it was.
inline constexpr size_t kMaxStatusBytes = 4000;

grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace fusebox::internal

#endif  // FUSEBOX_ADMIN_INTERNAL_STATUS_H_
