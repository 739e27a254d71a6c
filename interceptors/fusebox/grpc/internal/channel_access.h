// channel_access.h: what channel_link.h asks of gRPC's channels.

#ifndef FUSEBOX_GRPC_INTERNAL_CHANNEL_ACCESS_H_
#define FUSEBOX_GRPC_INTERNAL_CHANNEL_ACCESS_H_

#include <memory>

#include "fusebox/grpc/internal/channel_link.h"

namespace fusebox::internal {

// For the channels of real RPCs.
std::unique_ptr<ChannelAccess> NewChannelAccess();

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CHANNEL_ACCESS_H_
