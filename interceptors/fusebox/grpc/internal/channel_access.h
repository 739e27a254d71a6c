// channel_access.h: implements ChannelAccess with gRPC's channels.

#ifndef FUSEBOX_GRPC_INTERNAL_CHANNEL_ACCESS_H_
#define FUSEBOX_GRPC_INTERNAL_CHANNEL_ACCESS_H_

#include <memory>

#include "fusebox/grpc/internal/channel_link.h"

namespace fusebox::internal {

// Returns an implementation for the channels of real calls.
std::unique_ptr<ChannelAccess> NewChannelAccess();

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CHANNEL_ACCESS_H_
