// call.h: runs any callable behind a breaker.
//
//   absl::Status status = fusebox::Call(breaker, [&] { return Ping(host); });
//
//   Price price = fusebox::CallOr(
//       breaker, [&] { return AskServer(item); },  // returns a StatusOr, say
//       [&](const auto& why) { return LastKnown(item); });
//
// The callable returns a status, or a value or a status. CallTraits<T> says
// which results are failures and how a rejection looks as a result. `bool` has
// traits here, and the layers above core define them for Abseil's and gRPC's
// types. Specialize the template for types of your own.

#ifndef FUSEBOX_CORE_CALL_H_
#define FUSEBOX_CORE_CALL_H_

#include <type_traits>
#include <utility>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"

namespace fusebox {

// A specialization for a result type T has:
//   static Outcome Judge(const T& result);
//   static T Reject(const Breaker& breaker, const Rejection& rejection);
template <typename T, typename Enable = void>
struct CallTraits;

// True is a success, false a failure. A rejection returns false.
template <>
struct CallTraits<bool> {
  static Outcome Judge(bool ok) {
    return ok ? Outcome::kSuccess : Outcome::kFailure;
  }
  static bool Reject(const Breaker&, const Rejection&) { return false; }
};

namespace internal {

// Settles a permit when it is destroyed: with the outcome that was set, or with
// a failure if an exception came first.
class FUSEBOX_EXPORT Settlement {
 public:
  Settlement(const Clock& clock, TimePoint start, Permit permit)
      : clock_(clock), start_(start), permit_(std::move(permit)) {}
  Settlement(const Settlement&) = delete;
  Settlement& operator=(const Settlement&) = delete;
  ~Settlement() {
    const TimePoint now = clock_.Now();
    permit_.Settle({outcome_, now - start_}, now);
  }

  void set_outcome(Outcome outcome) { outcome_ = outcome; }

 private:
  const Clock& clock_;
  const TimePoint start_;
  Permit permit_;
  Outcome outcome_ = Outcome::kFailure;
};

// Returns the result, and whether CallOr() calls its fallback.
template <typename F, typename Result = std::invoke_result_t<F&>>
std::pair<Result, bool> Run(Breaker& breaker, F& f) {
  const TimePoint start = breaker.clock().Now();
  Admission admission = breaker.Acquire(start);
  if (!admission) {
    return {CallTraits<Result>::Reject(breaker, *admission.rejection), true};
  }
  Settlement settlement(breaker.clock(), start, std::move(admission.permit));
  Result result = f();
  const Outcome outcome = CallTraits<Result>::Judge(result);
  settlement.set_outcome(outcome);
  return {std::move(result), outcome == Outcome::kFailure};
}

}  // namespace internal

// Calls `f` if the breaker admits the call, and returns its result. Otherwise
// does not call `f`, and returns the rejection as a result of the same type. An
// exception from `f` counts as a failure and propagates to the caller.
template <typename F>
auto Call(Breaker& breaker, F&& f) {
  return internal::Run(breaker, f).first;
}

// Does what Call() does, but if the call was rejected or failed returns
// `fallback(result)`, where `result` is what Call() would have returned. An
// ignored outcome gets no fallback. TotalsReading::fallbacks counts these
// calls.
template <typename F, typename Fallback>
auto CallOr(Breaker& breaker, F&& f, Fallback&& fallback)
    -> std::invoke_result_t<F&> {
  auto [result, failed] = internal::Run(breaker, f);
  if (!failed) return std::move(result);
  breaker.ReportFallback();
  return fallback(std::as_const(result));
}

}  // namespace fusebox

#endif  // FUSEBOX_CORE_CALL_H_
