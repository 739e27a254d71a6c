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
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/ending.h"
#include "fusebox/grpc/internal/outcome.h"
#include "fusebox/grpc/internal/rejection_status.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/status_code.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/guarded_call.h"
#include "fusebox/registry/internal/observed_breaker.h"

namespace fusebox::internal {
namespace {

using Hook = grpc::experimental::InterceptionHookPoints;

grpc::StatusCode CodeOf(const grpc::Status& status) {
  return static_cast<grpc::StatusCode>(
      CanonicalCode(static_cast<int>(status.error_code())));
}

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
      FailSends(batch);  // must precede Hijack(), which clears the hooks
      hijacker_ = std::this_thread::get_id();
      phase_.store(phase, std::memory_order_release);
      batch->Hijack();  // enters Intercept() again
      return;           // *this may be destroyed
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
  batch->Proceed();  // must be last: *this may be destroyed
}

CallInterceptor::Phase CallInterceptor::Decide(Batch* batch) {
  if (cancelled_.load(std::memory_order_acquire)) return Phase::kUnjudged;
  const TimePoint now = clock_.Now();
  if (!call_.Start(now, unary() ? CallShape::kUnary : CallShape::kStream,
                   &link_)) {
    link_.OnRejected(*call_.rejection(), now);
    answer_ = std::make_unique<const Answer>(AnswerTo(batch));
    return Phase::kHijacking;
  }
  if (fallback_ != nullptr) fallback_->Pass(batch);
  if (rpc_.deadline != std::chrono::system_clock::time_point::max()) {
    const auto wall = clock_.WallNow();
    budget_ = rpc_.deadline <= wall ? Duration(0) : rpc_.deadline - wall;
  }
  if (classifier_ != nullptr) peer_at_start_ = link_.peer();
  return Phase::kAdmitted;
}

CallInterceptor::Answer CallInterceptor::AnswerTo(Batch* batch) {
  const Rejection& rejection = *call_.rejection();
  if (fallback_ != nullptr) {
    if (const auto kind = fallback_->Answer(batch, rejection)) {
      call_.AnsweredByFallback();
      return {grpc::Status(), kFallbackTrailer, Name(*kind)};
    }
  }
  return {
      MakeRejectionStatus(method_->name(),
                          call_.binding().policy->rejection_code, rejection),
      kRejectionTrailer, Name(rejection.reason)};
}

// Two first batches can race. The second one waits until the first one has
// decided. If the decision is to reject, it also waits until Hijack() has taken
// effect, which shows when the hijacking thread enters Intercept() a second
// time.
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
    const Ending ending = {
        *batch->GetRecvStatus(), *batch->GetRecvTrailingMetadata(),
        asked_for_message && message == nullptr, clock_.Now()};
    if (fallback_ != nullptr && message != nullptr && ending.status.ok()) {
      fallback_->Take(message);
    }
    OnStatus(batch, ending);
  } else if (batch->QueryInterceptionHookPoint(
                 Hook::POST_RECV_INITIAL_METADATA)) {
    OnInitialMetadata();
  }
}

// A message matters to a classifier. If the replies are a stream, it also
// matters to the breaker, which needs the time of the first message.
void CallInterceptor::Received() {
  if (classifier_ != nullptr) {
    messages_.fetch_add(1, std::memory_order_relaxed);
  }
  if (!single_reply() && !call_.first_message()) call_.Received(clock_.Now());
}

void CallInterceptor::OnStatus(Batch* batch, const Ending& ending) {
  Origin origin = Origin::kUnknown;
  std::optional<std::string> peer;
  if (classifier_ != nullptr || DependsOnOrigin(CodeOf(ending.status))) {
    peer = link_.peer();
    origin = OriginOfPeer(*peer);
    if (origin == Origin::kLocal &&
        !batch->QueryInterceptionHookPoint(Hook::POST_RECV_INITIAL_METADATA)) {
      if (Wait(ending)) return;
      peer = link_.peer();  // the initial metadata may just have come
      origin = OriginOfPeer(*peer);
    }
  }
  Settle(ending, origin, std::move(peer));
}

bool CallInterceptor::Wait(const Ending& ending) {
  if (arrival_.load(std::memory_order_acquire) == Arrival::kMetadata) {
    return false;
  }
  ending_ = std::make_unique<const KeptEnding>(ending);
  Arrival arrival = Arrival::kNoMetadata;
  return arrival_.compare_exchange_strong(arrival, Arrival::kStatusWaits,
                                          std::memory_order_acq_rel);
}

void CallInterceptor::OnInitialMetadata() {
  if (arrival_.exchange(Arrival::kMetadata, std::memory_order_acq_rel) ==
      Arrival::kStatusWaits) {
    std::string peer = link_.peer();
    const Origin origin = OriginOfPeer(peer);
    Settle(ending_->Get(), origin, std::move(peer));
  }
}

// The peer cannot be read any more, because gRPC has given up the call.
CallInterceptor::~CallInterceptor() {
  if (arrival_.load(std::memory_order_acquire) == Arrival::kStatusWaits) {
    Settle(ending_->Get(), Origin::kUnknown, /*peer=*/"");
  }
}

Origin CallInterceptor::OriginOfPeer(const std::string& peer) const {
  return OriginOf(peer_at_start_, peer);
}

void CallInterceptor::Settle(const Ending& ending, Origin origin,
                             std::optional<std::string> peer) {
  CallEnd end;
  end.outcome = Judge(ending, origin);
  end.code = CanonicalCode(static_cast<int>(ending.status.error_code()));
  std::string message;
  if (end.outcome == Outcome::kFailure) {  // only a failure needs the copies
    message = ending.status.error_message();
    end.message = message;
    if (!peer) peer = link_.peer();
    end.address = AddressIn(*peer);
    end.pushback = PushbackOf(ending.status, ending.trailers);
  }
  if (end.code == absl::StatusCode::kCancelled) {
    end.own_cancel = cancelled_.load(std::memory_order_acquire);
  }
  call_.End(end, ending.time);
  if (fallback_ != nullptr && end.outcome == Outcome::kSuccess) {
    fallback_->Keep();
  }
}

Outcome CallInterceptor::Judge(const Ending& ending, Origin origin) const {
  const BreakerName& name = method_->name();
  FinishedCall call = {
      name.target,
      name.method,
      name.key,
      rpc_.type,
      ending.status,
      CodeOf(ending.status),
      single_reply() && ending.no_message && ending.status.ok(),
      ending.trailers};
  call.origin = origin;
  call.duration = ending.time - call_.start();
  call.first_message = call_.first_message();
  call.messages_received = messages_.load(std::memory_order_relaxed);
  call.cancelled = cancelled_.load(std::memory_order_acquire);
  call.budget = budget_;
  const Binding& binding = call_.binding();
  call.outcome = DefaultOutcome(call, binding.classifier, *binding.policy);
  return classifier_ == nullptr ? call.outcome : classifier_->Classify(call);
}

}  // namespace fusebox::internal
