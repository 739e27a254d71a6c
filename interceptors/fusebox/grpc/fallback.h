// fallback.h: answers for calls that a breaker rejects.
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
// A unary call of the method that is rejected then ends with OK, the answer as
// its response, and the trailer `fusebox-fallback: handler`, which
// GetFallback() reads. stale_cache.h has a ready-made answer: the last good
// response to an equal request.
//
// It is for rejections. A call that passes and fails keeps its failure: gRPC
// has no place for a response there. (CallOr() of core/call.h, where the call
// is a function, answers failures too.) Under DRY_RUN, which rejects nothing,
// nothing is answered. An answered call counts as rejected, and as
// TotalsReading::fallbacks; it is no outcome and not in the window.
//
// A method with a fallback must not be called through a GenericStub on that
// channel: to an interceptor its messages look the same, and they are not.

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
#include "fusebox/core/permit.h"
#include "fusebox/grpc/fallback_kind.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/fallback_table.h"
#include "fusebox/grpc/internal/typed_message.h"
#include "fusebox/grpc/stale_cache.h"

namespace fusebox {

// Who answered the call in the backend's place, in this process; nothing if
// nobody did. The call must be over.
std::optional<FallbackKind> GetFallback(const grpc::ClientContext& context);

// Fills `*response`, which is empty at first, and returns true, or declines
// with false: then the call ends with the plain rejection.
//
// Called in the place where the call would have been sent, on the thread that
// makes it, also in the completion-queue and callback APIs: the application
// waits for it there, whatever the call's deadline. A cancellation does not
// interrupt it, and its answer stands. It holds no lock of Fusebox and may make
// calls of its own. An exception is as false. Thread-safe.
template <typename Request, typename Response>
using FallbackHandler = std::function<bool(
    const Request& request, const Rejection& why, Response* response)>;

// Gathers the fallbacks of a channel. Not thread-safe.
class Fallbacks {
 public:
  // The method's full name, as in "/shop.v1.Prices/Get". It may have one
  // handler and one cache; the cache is asked first.
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

  // For InterceptorOptions. Errors: INVALID_ARGUMENT with every problem: a
  // method that is none, is not unary, or has other messages (as far as this
  // program knows its service); a second handler or cache; a handler that is
  // null; a cache that is, or whose options are not valid.
  absl::StatusOr<std::shared_ptr<const internal::FallbackTable>> Build() const;

 private:
  // What one On() says.
  struct Entry {
    std::string method;
    std::string request;  // the messages' full names
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
