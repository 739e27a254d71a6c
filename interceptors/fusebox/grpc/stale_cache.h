// stale_cache.h: answers a rejected call with the last good response to an
// equal request.
//
//   fusebox::StaleCacheOptions options;
//   options.ttl = std::chrono::minutes(10);
//   auto cache =
//       std::make_shared<fusebox::StaleCache<PriceRequest, Price>>(options);
//   auto fallbacks =
//       fusebox::Fallbacks().On("/shop.v1.Prices/Get", cache).Build();
//
// The cache stores the response of every call of the method that passes and
// ends with OK, also under DRY_RUN. A rejected call gets the response that an
// equal request received. Requests are equal if their bytes are the same; the
// order of maps does not matter. Use the cache only for methods whose response
// depends on nothing but the request.
//
// One caller must not see a response that was meant for another. Therefore two
// calls share a response only if these are equal as well:
//  * The channel, and with it its credentials. Channels may share a cache, but
//    they do not share responses.
//  * The method, and the key that InterceptorOptions::key returns for the call.
//  * The identity of the call, which options.identity returns. Without that
//    function, all metadata that the call is sent with must be equal. A call
//    with credentials of its own (context->set_credentials()) is then neither
//    stored nor answered, because no interceptor can see what they do.
// If each call has metadata of its own, such as a trace id, no two calls are
// equal. Set options.identity in this case. An authority that is set on the
// context is not compared.
//
// Each call of the method serializes its request once more, and in the
// completion-queue API parses it. Each successful call serializes its response.
// If gRPC passes a response that does not parse to the application as a good
// one, the cache stores it too (docs/limits.md).

#ifndef FUSEBOX_GRPC_STALE_CACHE_H_
#define FUSEBOX_GRPC_STALE_CACHE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/interceptor.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/grpc/internal/lru_store.h"
#include "fusebox/grpc/internal/typed_message.h"

namespace fusebox {

struct FUSEBOX_EXPORT StaleCacheOptions {
  // At least 1.
  size_t max_entries = 1024;

  // The bytes of keys and responses, and LruStore::kEntryOverhead for each
  // entry. Must be more than that overhead. A response that alone needs more is
  // not stored. If a limit is exceeded, the least recently used entries are
  // removed.
  size_t max_bytes = size_t{16} << 20;

  // The maximum age of a response. More than 0.
  Duration ttl = std::chrono::minutes(5);

  // Returns for whom a call is made. Calls share responses only if it returns
  // the same for them. If it returns nothing or throws, the call is neither
  // stored nor answered. Runs on the thread that makes the call, before the
  // call is sent. Must be thread-safe.
  std::function<std::optional<std::string>(
      grpc::ClientContext& context,
      const std::multimap<std::string, std::string>& metadata)>
      identity;

  // Must outlive the cache.
  const Clock* clock = &PreciseClock();

  // Returns every problem of the options; none if they are valid.
  Problems Validate() const;
};

// The part of the cache that does not depend on the message types.
class FUSEBOX_EXPORT StaleCacheBase {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  // What identifies a call, besides its request and its metadata.
  struct Call {
    grpc::ClientContext& context;
    uint64_t channel;  // a unique number
    std::string_view method;
    std::string key = "";  // the breaker's
  };

  virtual ~StaleCacheBase() = default;
  StaleCacheBase(const StaleCacheBase&) = delete;
  StaleCacheBase& operator=(const StaleCacheBase&) = delete;

  const StaleCacheOptions& options() const { return options_; }

  // Removes every entry, for example when a user logs out.
  void Clear() { store_.Clear(); }

  // Returns how many entries and bytes it holds. An expired entry is removed
  // when it is looked up, or when others need its place.
  size_t entries() const { return store_.entries(); }
  size_t bytes() const { return store_.bytes(); }

  // For the interceptor. KeyOf() returns the key of a call's response, or
  // nothing if the call must not use the cache. `batch` is the call's first
  // batch. BytesOf() returns a response's bytes, or nothing if the cache must
  // not keep it.
  std::optional<std::string> KeyOf(Batch* batch, const Call& call) const;
  std::unique_ptr<internal::Reply> Find(const std::string& key);
  std::optional<std::string> BytesOf(const void* response,
                                     const Call& call) const;
  void Keep(std::string key, std::string bytes);

 protected:
  explicit StaleCacheBase(StaleCacheOptions options);

 private:
  // Returns false if there is no request.
  virtual bool AppendRequest(Batch* batch, std::string* bytes) const = 0;
  virtual const google::protobuf::MessageLite& Response(
      const void* response) const = 0;
  virtual std::unique_ptr<internal::Reply> NewReply() const = 0;

  const StaleCacheOptions options_;
  internal::LruStore store_;
};

// Thread-safe. If its options are not valid, Fallbacks::Build() fails.
template <typename RequestMessage, typename ResponseMessage>
class StaleCache final : public StaleCacheBase {
 public:
  explicit StaleCache(StaleCacheOptions options = {})
      : StaleCacheBase(std::move(options)) {}

 private:
  bool AppendRequest(Batch* batch, std::string* bytes) const override {
    const internal::SentMessage<RequestMessage> request(batch);
    return request.get() != nullptr &&
           internal::AppendBytes(*request.get(), bytes);
  }
  const google::protobuf::MessageLite& Response(
      const void* response) const override {
    return *internal::As<ResponseMessage>(response);
  }
  std::unique_ptr<internal::Reply> NewReply() const override {
    return std::make_unique<internal::TypedReply<ResponseMessage>>();
  }
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_STALE_CACHE_H_
