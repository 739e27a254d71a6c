#include "fusebox/grpc/internal/call_interceptor.h"

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/outcome.h"
#include "fusebox/grpc/internal/rejection_status.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/registry/internal/call_recorder.h"
#include "fusebox/registry/internal/method_breaker.h"

namespace fusebox::internal {
namespace {

using Hook = grpc::experimental::InterceptionHookPoints;

}  // namespace

void CallInterceptor::Intercept(Batch* batch) {
  if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_CANCEL)) {
    cancelled_.store(true, std::memory_order_release);
    return;
  }
  Phase phase = Phase::kUndecided;
  if (phase_.compare_exchange_strong(phase, Phase::kDeciding,
                                     std::memory_order_acq_rel)) {
    phase = Decide(batch);
    if (phase == Phase::kHijacking) {
      FailSends(batch);  // before Hijack(), which clears the hooks
      hijacker_ = std::this_thread::get_id();
      phase_.store(phase, std::memory_order_release);
      batch->Hijack();  // enters Intercept() again
      return;           // *this may be gone
    }
    phase_.store(phase, std::memory_order_release);
    batch->Proceed();
    return;
  }
  phase = AwaitDecision(phase);
  if (phase == Phase::kRejected) {
    AnswerRejected(batch);
  } else if (phase == Phase::kAdmitted) {
    ObserveAdmitted(batch);
  }
  batch->Proceed();  // last: *this may be gone
}

CallInterceptor::Phase CallInterceptor::Decide(Batch* batch) {
  if (cancelled_.load(std::memory_order_acquire)) return Phase::kUnjudged;
  start_ = clock_.Now();
  Admission admission = breaker_.breaker().Acquire(
      start_, unary() ? CallShape::kUnary : CallShape::kStream, &link_);
  CallRecorder* const recorder = breaker_.recorder();
  if (recorder != nullptr && admission.rejection) {
    recorder->Rejected(*admission.rejection, !admission, start_);
  }
  if (!admission) {
    link_.OnRejected(*admission.rejection, start_);
    answer_ =
        std::make_unique<const Answer>(AnswerTo(batch, *admission.rejection));
    return Phase::kHijacking;
  }
  if (fallback_ != nullptr) fallback_->Pass(batch);
  permit_ = std::move(admission.permit);
  judged_ = permit_.is_judged();
  if (recorder != nullptr && permit_.is_probe()) recorder->ProbeBegan(start_);
  if (rpc_.deadline != std::chrono::system_clock::time_point::max()) {
    const auto now = clock_.WallNow();
    budget_ = rpc_.deadline <= now ? Duration(0) : rpc_.deadline - now;
  }
  if (classifier_ != nullptr) peer_at_start_ = rpc_.peer();
  return Phase::kAdmitted;
}

CallInterceptor::Answer CallInterceptor::AnswerTo(Batch* batch,
                                                  const Rejection& rejection) {
  if (fallback_ != nullptr) {
    if (const auto kind = fallback_->Answer(batch, rejection)) {
      breaker_.breaker().ReportFallback();
      if (CallRecorder* const recorder = breaker_.recorder()) {
        recorder->FellBack(start_);
      }
      return {grpc::Status(), kFallbackTrailer, Name(*kind)};
    }
  }
  return {MakeRejectionStatus(breaker_, rejection), kRejectionTrailer,
          Name(rejection.reason)};
}

// Two first batches can race; the second waits for the decision of the first,
// and, if that is to reject, for Hijack() to have taken effect, which the
// hijacker's own second entry shows.
CallInterceptor::Phase CallInterceptor::AwaitDecision(Phase phase) {
  while (
      phase == Phase::kDeciding ||
      (phase == Phase::kHijacking && hijacker_ != std::this_thread::get_id())) {
    std::this_thread::yield();
    phase = phase_.load(std::memory_order_acquire);
  }
  if (phase == Phase::kHijacking) {
    phase = Phase::kRejected;
    phase_.store(phase, std::memory_order_release);
  }
  return phase;
}

void CallInterceptor::FailSends(Batch* batch) {
  if (!unary() && batch->QueryInterceptionHookPoint(Hook::PRE_SEND_MESSAGE)) {
    batch->FailHijackedSendMessage();
  }
}

void CallInterceptor::AnswerRejected(Batch* batch) {
  FailSends(batch);
  if (batch->QueryInterceptionHookPoint(Hook::PRE_RECV_MESSAGE)) {
    const bool delivered = answer_->status.ok() && fallback_ != nullptr &&
                           fallback_->Deliver(batch->GetRecvMessage());
    if (!delivered) batch->FailHijackedRecvMessage();
  }
  if (batch->QueryInterceptionHookPoint(Hook::PRE_RECV_STATUS)) {
    *batch->GetRecvStatus() = answer_->status;
    batch->GetRecvTrailingMetadata()->emplace(
        answer_->trailer,
        grpc::string_ref(answer_->value.data(), answer_->value.size()));
  }
}

void CallInterceptor::ObserveAdmitted(Batch* batch) {
  const bool asked_for_message =
      batch->QueryInterceptionHookPoint(Hook::POST_RECV_MESSAGE);
  const void* const message =
      asked_for_message ? batch->GetRecvMessage() : nullptr;
  if (message != nullptr) Received();
  if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_STATUS)) {
    const Outcome outcome =
        SettleByStatus(batch, single_reply() && asked_for_message && !message);
    if (fallback_ != nullptr && message != nullptr &&
        outcome == Outcome::kSuccess && batch->GetRecvStatus()->ok()) {
      fallback_->Keep(message);
    }
  }
}

// Where a message says anything: the first one of a stream, or all of them to
// a classifier.
void CallInterceptor::Received() {
  if (classifier_ != nullptr) {
    messages_.fetch_add(1, std::memory_order_relaxed);
  }
  if (single_reply() ||
      first_message_.load(std::memory_order_relaxed) != kNoMessage) {
    return;
  }
  const TimePoint now = clock_.Now();
  Duration::rep none = kNoMessage;
  first_message_.compare_exchange_strong(none, (now - start_).count(),
                                         std::memory_order_relaxed);
  if (!settled_by_message() ||
      verdict_claimed_.exchange(true, std::memory_order_acq_rel)) {
    return;
  }
  const bool probe = permit_.is_probe();
  permit_.Settle({Outcome::kSuccess, now - start_}, now);
  if (CallRecorder* const recorder = breaker_.recorder();
      recorder != nullptr && probe) {
    recorder->ProbeEnded(
        {Outcome::kSuccess, absl::StatusCode::kOk, {}, now - start_}, now);
  }
  if (half_done_.exchange(true, std::memory_order_acq_rel)) permit_.Release();
}

Outcome CallInterceptor::SettleByStatus(Batch* batch, bool reply_missing) {
  const TimePoint now = clock_.Now();
  const Outcome outcome = Judge(batch, reply_missing, now);
  const grpc::Status& status = *batch->GetRecvStatus();
  CallEnd end = {outcome,
                 CanonicalCode(static_cast<int>(status.error_code())),
                 {},
                 now - start_};
  Verdict verdict = {outcome, now - start_};
  std::string message;  // a copy, which only a failure is worth
  std::optional<FailureContext> context;
  if (outcome == Outcome::kFailure) {
    message = status.error_message();
    end.message = message;
    context.emplace(end);
    verdict.pushback = PushbackOf(status, *batch->GetRecvTrailingMetadata());
  }
  CallRecorder* const recorder = breaker_.recorder();
  if (!verdict_claimed_.exchange(true, std::memory_order_acq_rel)) {
    const Duration::rep first = first_message_.load(std::memory_order_relaxed);
    if (first != kNoMessage) verdict.duration = Duration(first);
    const bool cancelled = outcome == Outcome::kIgnored &&
                           status.error_code() == grpc::StatusCode::CANCELLED;
    if (cancelled) {
      breaker_.breaker().ReportCancelled(
          cancelled_.load(std::memory_order_acquire));
    }
    const bool probe = permit_.is_probe();
    permit_.Finish(verdict, now);
    if (recorder != nullptr) {
      recorder->Ended(end);
      if (probe) recorder->ProbeEnded(end, now);
    }
    return outcome;
  }
  if (outcome == Outcome::kFailure) {
    breaker_.breaker().ReportBrokenStream(
        verdict, judged_ && breaker_.count_broken_streams(), now);
    if (recorder != nullptr) recorder->StreamBroke(end, now);
  }
  end.outcome = Outcome::kSuccess;  // that was its first message's
  if (recorder != nullptr) recorder->Ended(end);
  if (half_done_.exchange(true, std::memory_order_acq_rel)) permit_.Release();
  return outcome;
}

Outcome CallInterceptor::Judge(Batch* batch, bool reply_missing,
                               TimePoint now) const {
  const grpc::Status& status = *batch->GetRecvStatus();
  const absl::StatusCode code =
      CanonicalCode(static_cast<int>(status.error_code()));
  FinishedCall call = {breaker_.target(),
                       breaker_.method(),
                       breaker_.key(),
                       rpc_.type,
                       status,
                       static_cast<grpc::StatusCode>(code),
                       reply_missing && status.ok(),
                       *batch->GetRecvTrailingMetadata()};
  if (classifier_ != nullptr || DependsOnOrigin(call.code)) {
    call.origin = OriginOf(peer_at_start_, rpc_.peer());
  }
  call.duration = now - start_;
  const Duration::rep first = first_message_.load(std::memory_order_relaxed);
  if (first != kNoMessage) call.first_message = Duration(first);
  call.messages_received = messages_.load(std::memory_order_relaxed);
  call.cancelled = cancelled_.load(std::memory_order_acquire);
  call.budget = budget_;
  call.outcome =
      DefaultOutcome(call, breaker_.classifier(), breaker_.min_deadline());
  return classifier_ == nullptr ? call.outcome : classifier_->Classify(call);
}

}  // namespace fusebox::internal
