// call_interceptor.h: one RPC's interceptor: asks, rejects, settles.
//
// gRPC calls Intercept() for each batch of operations, several times for each
// and from several threads at once. What was found about it and holds here:
//
//  * The decision is taken in the first batch of any kind. At
//    PRE_SEND_INITIAL_METADATA it would come too late for streams with corked
//    metadata or a Read() before the first Write(): their first batch, already
//    under way, would never complete.
//  * A rejection hijacks the RPC: from then on its receives are answered here
//    and nothing reaches the transport. Stream sends are failed before the
//    hijack (which clears the batch's hooks) and in each batch after it, never
//    a unary call's: its completion would change.
//  * After Proceed() or Hijack() nothing is touched: the application may have
//    destroyed the RPC. Hence no lock is held across them.
//  * In the cancel hook ClientContext's own lock is held: a flag is set, and
//    nothing else.
//  * A context cancelled before the call began is passed on unjudged, so that
//    the application sees CANCELLED and no probe is spent.
//  * The status hook comes once for an RPC that is finished, never for one
//    that is not; then the destructor, which runs when the ClientContext goes,
//    abandons the permit.
//  * Whether a fallback answers is found out before the hijack too, while the
//    request is there; the answer waits for the batch that receives it.
//  * An OK status whose single reply is missing or could not be parsed reaches
//    the application as an error and is a failure.
//  * The trailers exist in batches with the status only, and the peer says who
//    made the status then only (outcome.h).
//
// Takes plain values, not gRPC's ClientRpcInfo, so that tests can drive it
// with batches of their own and no gRPC library.

#ifndef FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_
#define FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/core/permit.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/internal/method_breaker.h"

namespace grpc {
class ClientContext;
}  // namespace grpc

namespace fusebox::internal {

// What an interceptor is told about its RPC.
struct RpcFacts {
  RpcType type = RpcType::kUnary;

  // The far future if it has none.
  std::chrono::system_clock::time_point deadline =
      std::chrono::system_clock::time_point::max();

  // Reads what the context says of the peer, which allocates.
  std::string (*read_peer)(const grpc::ClientContext* context) = nullptr;
  const grpc::ClientContext* context = nullptr;

  std::string peer() const { return read_peer ? read_peer(context) : ""; }
};

class CallInterceptor final : public grpc::experimental::Interceptor {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  // All but `rpc` and `link` must outlive the interceptor. `classifier` and
  // `fallback` may be null. `link` is to the RPC's channel.
  CallInterceptor(MethodBreaker& breaker, const Clock& clock,
                  const RpcFacts& rpc,
                  const SafeClassifier* classifier = nullptr,
                  const ChannelLink& link = ChannelLink(),
                  std::unique_ptr<CallFallback> fallback = nullptr)
      : breaker_(breaker),
        clock_(clock),
        rpc_(rpc),
        classifier_(classifier),
        fallback_(std::move(fallback)),
        link_(link) {}
  ~CallInterceptor() override = default;  // the permit abandons what it holds

  void Intercept(Batch* batch) override;

 private:
  enum class Phase : uint8_t {
    kUndecided,
    kDeciding,  // in the first batch, on one thread
    kUnjudged,  // passed on without a permit
    kAdmitted,
    kHijacking,  // rejected; Hijack() is about to enter Intercept() again
    kRejected,
  };

  static constexpr Duration::rep kNoMessage = Duration::min().count();

  // What the batches of a rejected RPC are answered with. An OK one's message
  // is the fallback's. The trailer lives for ever: gRPC takes views of it.
  struct Answer {
    grpc::Status status;
    const char* trailer;
    std::string_view value;
  };

  bool unary() const { return rpc_.type == RpcType::kUnary; }
  bool single_reply() const {
    return unary() || rpc_.type == RpcType::kClientStreaming;
  }
  bool settled_by_message() const {
    return !single_reply() &&
           breaker_.stream_verdict() == StreamVerdict::kFirstMessage;
  }

  // The first batch. Returns the phase to go on with.
  Phase Decide(Batch* batch);
  Answer AnswerTo(Batch* batch, const Rejection& rejection);
  Phase AwaitDecision(Phase phase);
  void AnswerRejected(Batch* batch);
  void FailSends(Batch* batch);
  void ObserveAdmitted(Batch* batch);
  void Received();
  Outcome SettleByStatus(Batch* batch, bool reply_missing);
  Outcome Judge(Batch* batch, bool reply_missing, TimePoint now) const;

  MethodBreaker& breaker_;
  const Clock& clock_;
  const RpcFacts rpc_;
  const SafeClassifier* const classifier_;
  const std::unique_ptr<CallFallback> fallback_;

  std::atomic<Phase> phase_{Phase::kUndecided};
  std::atomic<bool> cancelled_{false};
  std::thread::id hijacker_;  // published by kHijacking

  ChannelLink link_;  // used by the deciding thread

  // Written by the deciding thread, then used by the one that claims it.
  Permit permit_;
  TimePoint start_{};
  bool judged_ = false;
  std::optional<Duration> budget_;  // from its start to its deadline
  std::string peer_at_start_;       // read for a classifier only

  // Of the messages of a stream: when the first one came, if one has, and how
  // many, for the classifier.
  std::atomic<Duration::rep> first_message_{kNoMessage};
  std::atomic<uint64_t> messages_{0};
  std::atomic<bool> verdict_claimed_{false};
  // Who comes second of "the verdict is given" and "the RPC is over" releases.
  std::atomic<bool> half_done_{false};

  std::unique_ptr<const Answer> answer_;  // published by kHijacking
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_
