// status_traits.h: makes Call() and CallOr() (core/call.h) work with functions
// that return absl::Status, absl::StatusOr or grpc::Status.
//
//   absl::StatusOr<Row> row =
//       fusebox::Call(breaker, [&] { return database.Read(key); });
//
// The default lists of Policy decide which codes are failures. A rejected call
// returns UNAVAILABLE. Calls on a channel from grpc/channel.h already have a
// circuit breaker and need none of this.

#ifndef FUSEBOX_POLICY_STATUS_TRAITS_H_
#define FUSEBOX_POLICY_STATUS_TRAITS_H_

#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/core/call.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/rejection_text.h"

namespace fusebox {

template <>
struct CallTraits<absl::Status> {
  static Outcome Judge(const absl::Status& status) {
    return CodeClassifier().Classify(static_cast<int>(status.code()));
  }
  static absl::Status Reject(const Breaker& breaker,
                             const Rejection& rejection) {
    return absl::UnavailableError(DescribeRejection(breaker.name(), rejection));
  }
};

template <typename T>
struct CallTraits<absl::StatusOr<T>> {
  static Outcome Judge(const absl::StatusOr<T>& result) {
    return CallTraits<absl::Status>::Judge(result.status());
  }
  static absl::StatusOr<T> Reject(const Breaker& breaker,
                                  const Rejection& rejection) {
    return CallTraits<absl::Status>::Reject(breaker, rejection);
  }
};

// For grpc::Status, which this layer knows only by its shape.
template <typename T>
struct CallTraits<T, std::enable_if_t<std::is_enum_v<
                         decltype(std::declval<const T&>().error_code())>>> {
  static Outcome Judge(const T& status) {
    return CodeClassifier().Classify(static_cast<int>(status.error_code()));
  }
  static T Reject(const Breaker& breaker, const Rejection& rejection) {
    using Code = decltype(std::declval<const T&>().error_code());
    return T(static_cast<Code>(absl::StatusCode::kUnavailable),
             DescribeRejection(breaker.name(), rejection));
  }
};

}  // namespace fusebox

#endif  // FUSEBOX_POLICY_STATUS_TRAITS_H_
