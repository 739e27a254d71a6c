// user_code.h: functions of the application's, run in the path of a call that
// they must not harm.

#ifndef FUSEBOX_GRPC_INTERNAL_USER_CODE_H_
#define FUSEBOX_GRPC_INTERNAL_USER_CODE_H_

#include <type_traits>
#include <utility>

#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// What `f` returns; nothing, and the registry counts it, if it throws.
template <typename F, typename T = std::invoke_result_t<const F&>>
T RunUserCode([[maybe_unused]] Registry& registry, const F& f) noexcept {
#ifdef __cpp_exceptions
  try {
    return f();
  } catch (...) {
    registry.ReportCallbackError();
    return T();
  }
#else
  return f();
#endif
}

// A user's classifier.
class SafeClassifier {
 public:
  // REQUIRES: `classifier` is not empty. `registry` must outlive this.
  SafeClassifier(Classifier classifier, Registry& registry)
      : classifier_(std::move(classifier)), registry_(registry) {}

  // What it says, or the default.
  Outcome Classify(const FinishedCall& call) const noexcept {
    return RunUserCode(registry_, [&] { return classifier_(call); })
        .value_or(call.outcome);
  }

 private:
  const Classifier classifier_;
  Registry& registry_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_USER_CODE_H_
