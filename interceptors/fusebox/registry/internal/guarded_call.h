// guarded_call.h: one call behind a breaker, from its start to its end.
//
//   GuardedCall call(*method->binding());
//   if (!call.Start(now, CallShape::kUnary)) return Reject(*call.rejection());
//   ... the call ...
//   call.End({Outcome::kFailure, absl::StatusCode::kUnavailable, "refused"},
//            now);
//
// It asks the breaker, gives it the verdict, and reports the call to the
// observers. If End() is never called, the destructor releases the permit, and
// the outcome is ignored.

#ifndef FUSEBOX_REGISTRY_INTERNAL_GUARDED_CALL_H_
#define FUSEBOX_REGISTRY_INTERNAL_GUARDED_CALL_H_

#include <atomic>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {

// Call Start() first and on its own. After it, different threads may call
// Received() and End() at the same time.
class FUSEBOX_EXPORT GuardedCall {
 public:
  // `binding` must outlive the call.
  explicit GuardedCall(const Binding& binding) : binding_(binding) {}

  GuardedCall(const GuardedCall&) = delete;
  GuardedCall& operator=(const GuardedCall&) = delete;

  // Asks the breaker at `now`. Returns whether the call may go ahead. Must be
  // called once. `connectivity` may be null.
  bool Start(TimePoint now, CallShape shape,
             Connectivity* connectivity = nullptr) noexcept;

  // Returns why the call may not go ahead, or under ENFORCE would not have.
  // Absent if it may.
  const std::optional<Rejection>& rejection() const { return rejection_; }

  // Reports that a fallback answered the rejected call.
  void AnsweredByFallback() noexcept;

  // Reports a message of a stream of replies. With
  // StreamVerdict::kFirstMessage, the first one gives the verdict, a success.
  void Received(TimePoint now) noexcept;

  // Returns how long after the start the first message came. Absent before it.
  std::optional<Duration> first_message() const;

  // Reports the call's final status. Must be called at most once, and only if
  // Start() returned true. If a message has given the verdict already, a
  // failure counts as a broken stream. Sets `end.duration` itself.
  void End(CallEnd end, TimePoint now) noexcept;

  const Binding& binding() const { return binding_; }
  TimePoint start() const { return start_; }

 private:
  static constexpr Duration::rep kNoMessage = Duration::min().count();

  void SettleByStatus(const CallEnd& end, const Verdict& verdict,
                      TimePoint now) noexcept;

  // Called once for the verdict and once for the end of the call. The second
  // call releases the permit.
  void ReleaseIfSecond() noexcept {
    if (half_done_.exchange(true, std::memory_order_acq_rel)) permit_.Release();
  }

  const Binding& binding_;

  // Written by Start().
  TimePoint start_{};
  std::optional<Rejection> rejection_;
  bool judged_ = false;

  // Written by Start(), then used by the thread that claims the verdict.
  Permit permit_;

  std::atomic<Duration::rep> first_message_{kNoMessage};
  std::atomic<bool> verdict_claimed_{false};
  std::atomic<bool> half_done_{
      false};  // the verdict was given, or the call is over
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_GUARDED_CALL_H_
