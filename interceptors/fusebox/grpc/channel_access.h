// channel_access.h: what channel_link.h asks of gRPC's channels.

#ifndef FUSEBOX_GRPC_CHANNEL_ACCESS_H_
#define FUSEBOX_GRPC_CHANNEL_ACCESS_H_

#include <memory>

#include "fusebox/grpc/channel_link.h"

namespace fusebox {

// For the channels of real RPCs.
std::unique_ptr<ChannelAccess> NewChannelAccess();

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_CHANNEL_ACCESS_H_
