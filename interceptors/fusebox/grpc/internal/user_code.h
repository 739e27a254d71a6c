// user_code.h: runs functions of the application in the path of a call, and
// protects the call from their exceptions.

#ifndef FUSEBOX_GRPC_INTERNAL_USER_CODE_H_
#define FUSEBOX_GRPC_INTERNAL_USER_CODE_H_

#include <type_traits>
#include <utility>

#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/registry/registry.h"

namespace fusebox::internal {

// Returns the result of `f`. If `f` throws, returns an empty result and lets
// the registry count it.
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

// Runs a user's classifier.
class SafeClassifier {
 public:
  // REQUIRES: `classifier` is not empty. `registry` must outlive this.
  SafeClassifier(Classifier classifier, Registry& registry)
      : classifier_(std::move(classifier)), registry_(registry) {}

  // Returns the outcome by the classifier, or the default one.
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
