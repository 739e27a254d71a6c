// call.h: any callable behind a breaker.
//
//   absl::Status status = fusebox::Call(breaker, [&] { return Ping(host); });
//
//   Price price = fusebox::CallOr(
//       breaker, [&] { return AskServer(item); },        // a StatusOr, say
//       [&](const auto& why) { return LastKnown(item); });
//
// The callable returns a status, or a value or status. What counts as a
// failure in it, and what a rejection looks like as one, is said by
// CallTraits<T>: specialize it for your own types. The layers above core do so
// for Abseil's and gRPC's.

#ifndef FUSEBOX_CORE_CALL_H_
#define FUSEBOX_CORE_CALL_H_

#include <type_traits>
#include <utility>

#include "fusebox/base/internal/export.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"

namespace fusebox {

// For a result type T:
//   static Outcome Judge(const T& result);
//   static T Reject(const Breaker& breaker, const Rejection& rejection);
template <typename T, typename Enable = void>
struct CallTraits;

// A plain yes or no; a rejection is a no.
template <>
struct CallTraits<bool> {
  static Outcome Judge(bool ok) {
    return ok ? Outcome::kSuccess : Outcome::kFailure;
  }
  static bool Reject(const Breaker&, const Rejection&) { return false; }
};

namespace internal {

// Settles a permit when it goes: with the verdict that it was given, or, where
// an exception came first, with a failure.
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

// The result, and whether the fallback is asked for.
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

// Calls `f` if the breaker lets it pass and returns its result; else returns
// the rejection as a result of the same type, and `f` never runs. An exception
// from `f` counts as a failure and goes on to the caller.
template <typename F>
auto Call(Breaker& breaker, F&& f) {
  return internal::Run(breaker, f).first;
}

// As Call(), but where the call was rejected or failed returns
// `fallback(result)` instead, `result` being what Call() would have returned.
// An ignored outcome is the caller's own affair and gets no fallback. Counted
// as TotalsReading::fallbacks.
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
