#include "fusebox/grpc/call_interceptor.h"

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "fusebox/core/clock.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/channel_link.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/registry/method_breaker.h"

namespace fusebox {
namespace {

using Hook = grpc::experimental::InterceptionHookPoints;

}  // namespace

CallInterceptor::CallInterceptor(MethodBreaker& breaker, const Clock& clock,
                                 Type type,
                                 std::chrono::system_clock::time_point deadline,
                                 const ChannelLink& link)
    : breaker_(breaker),
      clock_(clock),
      type_(type),
      deadline_(deadline),
      link_(link) {}

void CallInterceptor::Intercept(Batch* batch) {
  if (batch->QueryInterceptionHookPoint(Hook::PRE_SEND_CANCEL)) {
    cancelled_.store(true, std::memory_order_release);
    return;
  }
  Phase phase = Phase::kUndecided;
  if (phase_.compare_exchange_strong(phase, Phase::kDeciding,
                                     std::memory_order_acq_rel)) {
    phase = Decide();
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

CallInterceptor::Phase CallInterceptor::Decide() {
  if (cancelled_.load(std::memory_order_acquire)) return Phase::kUnjudged;
  start_ = clock_.Now();
  Admission admission = breaker_.breaker().Acquire(
      start_, unary() ? CallShape::kUnary : CallShape::kStream, &link_);
  if (!admission) {
    link_.OnRejected(*admission.rejection, start_);
    answer_ = std::make_unique<const Answer>(
        Answer{MakeRejectionStatus(breaker_, *admission.rejection),
               std::string(Name(admission.rejection->reason))});
    return Phase::kHijacking;
  }
  permit_ = std::move(admission.permit);
  judged_ = permit_.is_judged();
  if (deadline_ != std::chrono::system_clock::time_point::max()) {
    const auto left = deadline_ - std::chrono::system_clock::now();
    hurried_ = left <= left.zero() || left < breaker_.min_deadline();
  }
  return Phase::kAdmitted;
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
    batch->FailHijackedRecvMessage();
  }
  if (batch->QueryInterceptionHookPoint(Hook::PRE_RECV_STATUS)) {
    *batch->GetRecvStatus() = answer_->status;
    batch->GetRecvTrailingMetadata()->emplace(kRejectionTrailer,
                                              answer_->reason);
  }
}

void CallInterceptor::ObserveAdmitted(Batch* batch) {
  const bool has_message =
      batch->QueryInterceptionHookPoint(Hook::POST_RECV_MESSAGE);
  if (batch->QueryInterceptionHookPoint(Hook::POST_RECV_STATUS)) {
    SettleByStatus(
        *batch->GetRecvStatus(),
        single_reply() && has_message && batch->GetRecvMessage() == nullptr);
  } else if (has_message && settled_by_message() &&
             batch->GetRecvMessage() != nullptr) {
    SettleByMessage();
  }
}

void CallInterceptor::SettleByMessage() {
  if (verdict_claimed_.exchange(true, std::memory_order_acq_rel)) return;
  const TimePoint now = clock_.Now();
  permit_.Settle({Outcome::kSuccess, now - start_}, now);
  if (half_done_.exchange(true, std::memory_order_acq_rel)) permit_.Release();
}

void CallInterceptor::SettleByStatus(const grpc::Status& status,
                                     bool reply_missing) {
  const Outcome outcome = Judge(status, reply_missing);
  const TimePoint now = clock_.Now();
  const Verdict verdict = {outcome, now - start_};
  if (!verdict_claimed_.exchange(true, std::memory_order_acq_rel)) {
    permit_.Settle(verdict, now);
    permit_.Release();
    return;
  }
  if (outcome == Outcome::kFailure) {
    breaker_.breaker().ReportBrokenStream(
        verdict, judged_ && breaker_.count_broken_streams(), now);
  }
  if (half_done_.exchange(true, std::memory_order_acq_rel)) permit_.Release();
}

Outcome CallInterceptor::Judge(const grpc::Status& status,
                               bool reply_missing) const {
  if (status.ok() && reply_missing) return Outcome::kFailure;
  const grpc::StatusCode code = status.error_code();
  const bool own_cancel = code == grpc::StatusCode::CANCELLED &&
                          cancelled_.load(std::memory_order_acquire);
  const bool own_deadline =
      code == grpc::StatusCode::DEADLINE_EXCEEDED && hurried_;
  if (own_cancel || own_deadline || IsRejection(status)) {
    return Outcome::kIgnored;
  }
  return breaker_.classifier().Classify(static_cast<int>(code));
}

}  // namespace fusebox
