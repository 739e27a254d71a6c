// stale_cache.h: the last good response to an equal request, for a rejected
// call.
//
//   fusebox::StaleCacheOptions options;
//   options.ttl = std::chrono::minutes(10);
//   auto cache =
//       std::make_shared<fusebox::StaleCache<PriceRequest, Price>>(options);
//   auto fallbacks =
//       fusebox::Fallbacks().On("/shop.v1.Prices/Get", cache).Build();
//
// It stores the response of every call of the method that passes and ends with
// OK (also under DRY_RUN), and answers one that is rejected with what an equal
// request got. Equal are requests of the same bytes, maps in any order. For
// methods whose answer is a matter of the request alone, of course.
//
// What one caller was told another must not hear. So beside the request are
// compared:
//  * the channel, and with it its credentials. Channels may share a cache; no
//    one is answered with what another was told.
//  * the method, and the key that InterceptorOptions::key gives the call.
//  * the identity of the call, if options.identity says it. Without that
//    function: the metadata that it is sent with, all of them; and a call with
//    credentials of its own (context->set_credentials()), whose effect no
//    interceptor can see, is neither stored nor answered.
// Where each call is sent with metadata of its own, such as trace ids, nothing
// is ever found; then options.identity has to say what matters. An authority
// that the context sets is not seen.
//
// A call of the method costs the serialization of its request (in the
// completion-queue API: parsing it, too), a successful one that of its
// response. A response that does not parse is stored as it is where gRPC hands
// it to the application as a good one (the README's Limits say where).

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
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/grpc/internal/lru_store.h"
#include "fusebox/grpc/internal/typed_message.h"

namespace fusebox {

struct StaleCacheOptions {
  // At least 1.
  size_t max_entries = 1024;

  // Of keys, responses and LruStore::kEntryOverhead for each entry, which it
  // must exceed. A response that needs more by itself is not stored. Beyond
  // either limit the least recently used entries go.
  size_t max_bytes = size_t{16} << 20;

  // How old a response may be. More than 0.
  Duration ttl = std::chrono::minutes(5);

  // For whom a call is made: calls share responses if it says the same of them.
  // Nothing: the call is neither stored nor answered. Called on the thread that
  // makes the call, before it is sent; thread-safe. An exception is as nothing.
  std::function<std::optional<std::string>(
      grpc::ClientContext& context,
      const std::multimap<std::string, std::string>& metadata)>
      identity;

  // Must outlive the cache.
  const Clock* clock = &PreciseClock();

  // Everything that is wrong with them.
  Problems Validate() const;
};

// The cache without its types.
class StaleCacheBase {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  // A call, as far as it is not in its batches.
  struct Call {
    grpc::ClientContext& context;
    uint64_t channel;  // no two have the same
    std::string_view method;
    std::string key = "";  // the breaker's
  };

  virtual ~StaleCacheBase() = default;
  StaleCacheBase(const StaleCacheBase&) = delete;
  StaleCacheBase& operator=(const StaleCacheBase&) = delete;

  const StaleCacheOptions& options() const { return options_; }

  // Forgets everything, as when a user logs out.
  void Clear() { store_.Clear(); }

  // What it holds. An entry whose time is over goes when it is asked for, or
  // when others need its place.
  size_t entries() const { return store_.entries(); }
  size_t bytes() const { return store_.bytes(); }

  // For the interceptor: what a call's response is stored under; nothing if it
  // is not to be. `batch` is the call's first.
  std::optional<std::string> KeyOf(Batch* batch, const Call& call) const;
  std::unique_ptr<internal::Reply> Find(const std::string& key);
  void Keep(std::string key, const Call& call, const void* response);

 protected:
  explicit StaleCacheBase(StaleCacheOptions options);

 private:
  // False if there is no request.
  virtual bool AppendRequest(Batch* batch, std::string* bytes) const = 0;
  virtual const google::protobuf::MessageLite& Response(
      const void* response) const = 0;
  virtual std::unique_ptr<internal::Reply> NewReply() const = 0;

  const StaleCacheOptions options_;
  internal::LruStore store_;
};

// Thread-safe. Fallbacks::Build() says what is wrong with its options.
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
