// fallback_table.h: the fallbacks of a channel by method. Fallbacks builds it.

#ifndef FUSEBOX_GRPC_INTERNAL_FALLBACK_TABLE_H_
#define FUSEBOX_GRPC_INTERNAL_FALLBACK_TABLE_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/client_interceptor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "fusebox/base/mutex.h"
#include "fusebox/core/permit.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/typed_message.h"
#include "fusebox/grpc/stale_cache.h"

namespace fusebox::internal {

// Thread-safe.
class FallbackTable {
 public:
  // A handler whose message types are erased.
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual bool valid() const = 0;

    // Returns null if the handler declines.
    virtual std::unique_ptr<Reply> Answer(CallFallback::Batch* batch,
                                          const Rejection& why) const = 0;
  };

  // The fallbacks of one method. Either may be null.
  struct Method {
    std::shared_ptr<StaleCacheBase> cache;
    std::shared_ptr<Handler> handler;
  };

  // By full method name.
  using Methods = std::map<std::string, Method, std::less<>>;

  explicit FallbackTable(Methods methods) : methods_(std::move(methods)) {}

  // Returns the fallbacks of a call, or null if it has none. The table must
  // outlive them. `key` is the key of the call's breaker.
  std::unique_ptr<CallFallback> ForCall(grpc::experimental::ClientRpcInfo* info,
                                        const std::string& key) const
      FUSEBOX_EXCLUDES(mu_);

 private:
  // Returns a number that no other channel has, or will have later.
  uint64_t NumberOf(grpc::ChannelInterface* channel) const
      FUSEBOX_EXCLUDES(mu_);

  struct Known {
    std::weak_ptr<grpc::Channel> alive;
    uint64_t number;
  };

  const Methods methods_;
  mutable Mutex mu_;
  mutable std::map<grpc::ChannelInterface*, Known> channels_
      FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_FALLBACK_TABLE_H_
