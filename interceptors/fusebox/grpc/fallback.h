// fallback.h: answers calls that a breaker rejects.
//
//   auto fallbacks =
//       fusebox::Fallbacks()
//           .On<PriceRequest, Price>(
//               "/shop.v1.Prices/Get",
//               [](const PriceRequest& request, const fusebox::Rejection& why,
//                  Price* price) {
//                 price->set_cents(ListPrice(request.item()));
//                 return true;
//               })
//           .Build();
//   if (!fallbacks.ok()) ...
//   fusebox::InterceptorOptions options;
//   options.fallbacks = *fallbacks;
//   auto channel = fusebox::CreateChannel(target, credentials, registry,
//                                         options);
//
// If a unary call of the method is rejected, it now ends with OK. It has the
// answer as its response and the trailer `fusebox-fallback: handler`, which
// GetFallback() reads. stale_cache.h has a fallback that is ready to use: it
// answers with the last good response to an equal request.
//
// Fallbacks answer rejected calls only. If a call passes and fails, the
// application sees the failure, because gRPC has no place for a response there.
// (CallOr() of core/call.h answers failures as well, where the call is a
// function.) Under DRY_RUN no call is rejected, so no fallback runs. An
// answered call counts as rejected and in TotalsReading::fallbacks. It has no
// outcome and is not in the breaker's window.
//
// Do not call a method that has a fallback through a GenericStub on that
// channel. An interceptor cannot distinguish the stub's messages from protobuf
// messages.

#ifndef FUSEBOX_GRPC_FALLBACK_H_
#define FUSEBOX_GRPC_FALLBACK_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/permit.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/fallback_table.h"
#include "fusebox/grpc/internal/typed_message.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/grpc/stale_cache.h"

namespace fusebox {

// Returns the kind of fallback of this process that answered the call, or
// nothing if none did. The call must have ended.
FUSEBOX_EXPORT std::optional<FallbackKind> GetFallback(
    const grpc::ClientContext& context);

// Fills `*response`, which is empty at first, and returns true. If it returns
// false or throws, the call ends with the rejection.
//
// Runs where the call would have been sent, on the thread that makes the call,
// in the completion-queue and callback APIs as well. The application waits for
// it there, even beyond the call's deadline. A cancellation does not interrupt
// it, and its answer remains valid. It holds no lock of Fusebox and may make
// calls of its own. Must be thread-safe.
template <typename Request, typename Response>
using FallbackHandler = std::function<bool(
    const Request& request, const Rejection& why, Response* response)>;

// Collects the fallbacks of a channel. Not thread-safe.
class FUSEBOX_EXPORT Fallbacks {
 public:
  // Adds a handler or a cache for a method, given by its full name:
  // "/shop.v1.Prices/Get". A method may have one of each. The cache is asked
  // first.
  template <typename Request, typename Response>
  Fallbacks& On(std::string method,
                FallbackHandler<Request, Response> handler) {
    Entry entry = NewEntry<Request, Response>(std::move(method));
    entry.handler =
        std::make_shared<TypedHandler<Request, Response>>(std::move(handler));
    return Add(std::move(entry));
  }
  template <typename Request, typename Response>
  Fallbacks& On(std::string method,
                std::shared_ptr<StaleCache<Request, Response>> cache) {
    Entry entry = NewEntry<Request, Response>(std::move(method));
    entry.cache = std::move(cache);
    return Add(std::move(entry));
  }

  // Returns the value for InterceptorOptions::fallbacks. Errors:
  // INVALID_ARGUMENT with every problem:
  //  * A method does not exist, is not unary, or has other messages. This is
  //    checked only if the program contains the descriptor of its service.
  //  * A method has two handlers or two caches.
  //  * A handler or a cache is null, or a cache's options are not valid.
  absl::StatusOr<std::shared_ptr<const internal::FallbackTable>> Build() const;

 private:
  // The arguments of one On().
  struct Entry {
    std::string method;
    std::string request;  // the full name of its message
    std::string response;
    std::shared_ptr<internal::FallbackTable::Handler> handler;
    std::shared_ptr<StaleCacheBase> cache;
  };

  template <typename Request, typename Response>
  class TypedHandler final : public internal::FallbackTable::Handler {
   public:
    explicit TypedHandler(FallbackHandler<Request, Response> handler)
        : handler_(std::move(handler)) {}

    bool valid() const override { return handler_ != nullptr; }

    std::unique_ptr<internal::Reply> Answer(
        internal::CallFallback::Batch* batch,
        const Rejection& why) const override {
      const internal::SentMessage<Request> request(batch);
      if (request.get() == nullptr) return nullptr;
      auto reply = std::make_unique<internal::TypedReply<Response>>();
      if (!handler_(*request.get(), why, &reply->message())) return nullptr;
      return reply;
    }

   private:
    const FallbackHandler<Request, Response> handler_;
  };

  template <typename Request, typename Response>
  static Entry NewEntry(std::string method) {
    using google::protobuf::MessageLite;
    static_assert(std::is_base_of_v<MessageLite, Request> &&
                      std::is_base_of_v<MessageLite, Response>,
                  "fallbacks are for methods with protobuf messages");
    return {std::move(method), std::string(Request().GetTypeName()),
            std::string(Response().GetTypeName()), nullptr, nullptr};
  }

  Fallbacks& Add(Entry entry);

  std::vector<Entry> entries_;
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_FALLBACK_H_
