// status_traits.h: makes Call() and CallOr() accept grpc::Status.
//
//   grpc::Status status = fusebox::Call(
//       breaker, [&] { return stub->Checkout(&context, request, &reply); });
//
// Use this for a circuit breaker of your own around a call. Calls on a channel
// from channel.h already have one. The default classes of codes decide what is
// a failure (policy/code_classifier.h).

#ifndef FUSEBOX_GRPC_STATUS_TRAITS_H_
#define FUSEBOX_GRPC_STATUS_TRAITS_H_

#include <grpcpp/support/status.h>

#include "fusebox/core/call.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/rejection_text.h"

namespace fusebox {

template <>
struct CallTraits<grpc::Status> {
  static Outcome Judge(const grpc::Status& status) {
    return CodeClassifier().Classify(static_cast<int>(status.error_code()));
  }
  static grpc::Status Reject(const Breaker& breaker,
                             const Rejection& rejection) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                        DescribeRejection(breaker.name(), rejection));
  }
};

}  // namespace fusebox

#endif  // FUSEBOX_GRPC_STATUS_TRAITS_H_
