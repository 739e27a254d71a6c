// call_fallback.h: what may answer one rejected call; fallback.h makes it.
//
// The interceptor's side of fallbacks, with no gRPC library behind it.

#ifndef FUSEBOX_GRPC_INTERNAL_CALL_FALLBACK_H_
#define FUSEBOX_GRPC_INTERNAL_CALL_FALLBACK_H_

#include <grpcpp/support/interceptor.h>

#include <optional>

#include "fusebox/core/permit.h"
#include "fusebox/grpc/fallback_kind.h"

namespace fusebox::internal {

// One unary call's. Its functions come one after another, and may run the
// user's code: no lock is held then, and no exception gets out.
class CallFallback {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  virtual ~CallFallback() = default;

  // The call passes; `batch` is its first.
  virtual void Pass(Batch* batch) noexcept = 0;

  // It passed and ended well. `response` is the application's message. Called
  // at most once.
  virtual void Keep(const void* response) noexcept = 0;

  // It is rejected; `batch` is its first. Nothing where nobody answers.
  virtual std::optional<FallbackKind> Answer(
      Batch* batch, const Rejection& rejection) noexcept = 0;

  // It was answered: moves the answer into the application's message. Called
  // at most once. False if that failed.
  virtual bool Deliver(void* response) noexcept = 0;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CALL_FALLBACK_H_
