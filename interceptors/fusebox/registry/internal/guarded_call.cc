#include "fusebox/registry/internal/guarded_call.h"

#include <atomic>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"
#include "fusebox/core/connectivity.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {

bool GuardedCall::Start(TimePoint now, CallShape shape,
                        Connectivity* connectivity) noexcept {
  start_ = now;
  Admission admission = binding_.breaker().Acquire(now, shape, connectivity);
  if (admission.rejection) {
    rejection_ = admission.rejection;
    binding_.observed.Rejected(*rejection_, /*enforced=*/!admission, now);
  }
  if (!admission) return false;
  permit_ = std::move(admission.permit);
  judged_ = permit_.is_judged();
  if (permit_.is_probe()) binding_.observed.ProbeBegan(now);
  return true;
}

void GuardedCall::AnsweredByFallback() noexcept {
  binding_.breaker().ReportFallback();
  binding_.observed.FellBack(start_);
}

std::optional<Duration> GuardedCall::first_message() const {
  const Duration::rep first = first_message_.load(std::memory_order_relaxed);
  if (first == kNoMessage) return std::nullopt;
  return Duration(first);
}

void GuardedCall::Received(TimePoint now) noexcept {
  Duration::rep none = kNoMessage;
  if (!first_message_.compare_exchange_strong(none, (now - start_).count(),
                                              std::memory_order_relaxed) ||
      binding_.policy->stream_verdict != StreamVerdict::kFirstMessage ||
      verdict_claimed_.exchange(true, std::memory_order_acq_rel)) {
    return;
  }
  const bool probe = permit_.is_probe();
  const Duration duration = now - start_;
  permit_.Settle({Outcome::kSuccess, duration}, now);
  if (probe) {
    binding_.observed.ProbeEnded(
        {Outcome::kSuccess, absl::StatusCode::kOk, {}, duration}, now);
  }
  ReleaseIfSecond();
}

void GuardedCall::End(CallEnd end, TimePoint now) noexcept {
  end.duration = now - start_;
  const bool failed = end.outcome == Outcome::kFailure;
  const Verdict verdict = {end.outcome, end.duration, end.pushback,
                           failed ? &end : nullptr};
  if (!verdict_claimed_.exchange(true, std::memory_order_acq_rel)) {
    SettleByStatus(end, verdict, now);
    return;
  }
  if (failed) {
    binding_.breaker().ReportBrokenStream(
        verdict, judged_ && binding_.policy->count_broken_streams, now);
    binding_.observed.StreamBroke(end, now);
  }
  end.outcome = Outcome::kSuccess;  // the verdict that the first message gave
  binding_.observed.Ended(end);
  ReleaseIfSecond();
}

void GuardedCall::SettleByStatus(const CallEnd& end, const Verdict& verdict,
                                 TimePoint now) noexcept {
  if (end.own_cancel && end.outcome == Outcome::kIgnored) {
    binding_.breaker().ReportCancelled(*end.own_cancel);
  }
  const bool probe = permit_.is_probe();
  Verdict given = verdict;
  if (const auto first = first_message()) given.duration = *first;
  permit_.Finish(given, now);
  binding_.observed.Ended(end);
  if (probe) binding_.observed.ProbeEnded(end, now);
}

}  // namespace fusebox::internal
