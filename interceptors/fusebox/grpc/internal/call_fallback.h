// call_fallback.h: the interface through which an interceptor uses the
// fallbacks of one call. It does not need the gRPC library.

#ifndef FUSEBOX_GRPC_INTERNAL_CALL_FALLBACK_H_
#define FUSEBOX_GRPC_INTERNAL_CALL_FALLBACK_H_

#include <grpcpp/support/interceptor.h>

#include <optional>

#include "fusebox/core/permit.h"
#include "fusebox/grpc/rejection.h"

namespace fusebox::internal {

// The fallbacks of one unary call. Its functions are called one after another.
// They may run the user's code; then they hold no lock, and they never throw.
class CallFallback {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  virtual ~CallFallback() = default;

  // Called if the call passes. `batch` is its first batch.
  virtual void Pass(Batch* batch) noexcept = 0;

  // Called at most once, if the call has passed and ended with OK. `response`
  // is the application's message.
  virtual void Take(const void* response) noexcept = 0;

  // Called if the call counts as a success. Keeps the response that was taken,
  // if there is one.
  virtual void Keep() noexcept = 0;

  // Called if the call is rejected. `batch` is its first batch. Returns nothing
  // if no fallback answers.
  virtual std::optional<FallbackKind> Answer(
      Batch* batch, const Rejection& rejection) noexcept = 0;

  // Moves the answer into the application's message, if there was one. Called
  // at most once. Returns false if that failed.
  virtual bool Deliver(void* response) noexcept = 0;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CALL_FALLBACK_H_
