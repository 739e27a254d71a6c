// guarded_call.h: one call behind a breaker, from its start to its end.
//
//   GuardedCall call(*method->binding());
//   if (!call.Start(now, CallShape::kUnary)) return Reject(*call.rejection());
//   ... the call ...
//   call.End({Outcome::kFailure, absl::StatusCode::kUnavailable, "refused"},
//            now);
//
// It asks the breaker, gives it the verdict, and reports the call to the
// observers. A call that is never ended gives its permit back when it is
// destroyed, as an ignored outcome.

#ifndef FUSEBOX_REGISTRY_INTERNAL_GUARDED_CALL_H_
#define FUSEBOX_REGISTRY_INTERNAL_GUARDED_CALL_H_

#include <atomic>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {

// Start() comes first and alone. After it, FirstMessage() and End() may be
// called from different threads at once.
class GuardedCall {
 public:
  // `binding` must outlive the call.
  explicit GuardedCall(const Binding& binding) : binding_(binding) {}

  GuardedCall(const GuardedCall&) = delete;
  GuardedCall& operator=(const GuardedCall&) = delete;

  // Asks the breaker at `now`. Returns whether the call may go ahead. Called
  // once. `connectivity` may be null.
  bool Start(TimePoint now, CallShape shape,
             Connectivity* connectivity = nullptr) noexcept;

  // Why the call must not go ahead, or under DRY_RUN would not have gone ahead.
  const std::optional<Rejection>& rejection() const { return rejection_; }

  // Reports that a fallback answered the rejected call.
  void AnsweredByFallback() noexcept;

  // Reports a message of a stream of replies. The first one may be the verdict
  // (Policy::stream_verdict): a success.
  void Received(TimePoint now) noexcept;

  // How long after the start the first message came; absent before it.
  std::optional<Duration> first_message() const;

  // Reports the call's final status. Called once, and only if Start() returned
  // true. If a message was the verdict already, a failure now counts as a
  // broken stream. `end.duration` is filled in here.
  void End(CallEnd end, TimePoint now) noexcept;

  const Binding& binding() const { return binding_; }
  TimePoint start() const { return start_; }

 private:
  static constexpr Duration::rep kNoMessage = Duration::min().count();

  void SettleByStatus(const CallEnd& end, const Verdict& verdict,
                      TimePoint now) noexcept;

  // Releases the permit if the other of verdict and end has come before.
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
      false};  // the verdict is given, or the call over
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_REGISTRY_INTERNAL_GUARDED_CALL_H_
