// call_interceptor.h: the interceptor of one RPC.
//
// It asks the breaker whether the RPC may go ahead, answers it locally if not,
// and tells the breaker how it ended. The breaker's side is a GuardedCall; this
// class is about gRPC alone.
//
// gRPC calls Intercept() for each batch of operations, several times for each
// and from several threads at once. These facts about it were found by tests,
// and the code relies on them:
//
//  * The decision must be taken in the first batch of any kind. At
//    PRE_SEND_INITIAL_METADATA it would come too late for streams with corked
//    metadata or a Read() before the first Write(): their first batch would be
//    under way already and would never complete.
//  * A rejection hijacks the RPC. From then on its receives are answered here
//    and nothing reaches the transport. The sends of a stream are failed before
//    the hijack, which clears the batch's hooks, and in each batch after it.
//    The send of a unary call is never failed: that would change how the call
//    completes.
//  * After Proceed() or Hijack() nothing may be touched: the application may
//    have destroyed the RPC. Therefore no lock is held across them.
//  * In the cancel hook ClientContext holds its own lock, so the hook sets a
//    flag and does nothing else.
//  * A context that was cancelled before the call began passes unjudged: the
//    application sees CANCELLED, and no probe is spent.
//  * The status hook comes once for an RPC that is finished, and never for one
//    that is not. Such an RPC gives its permit back when the ClientContext, and
//    with it this object, is destroyed.
//  * Whether a fallback answers is decided before the hijack too, while the
//    request is there. The answer waits for the batch that receives it.
//  * An OK status whose single reply is missing or could not be parsed reaches
//    the application as an error, and is a failure.
//  * The trailers exist only in the batch with the status, and only then does
//    the peer say who made the status (outcome.h).
//
// The class takes plain values and not gRPC's ClientRpcInfo, so that tests can
// drive it with batches of their own and without the gRPC library.

#ifndef FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_
#define FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/interceptor.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/guarded_call.h"

namespace fusebox::internal {

// What the interceptor knows of its RPC from the beginning.
struct RpcFacts {
  RpcType type = RpcType::kUnary;

  // The far future if it has none.
  std::chrono::system_clock::time_point deadline =
      std::chrono::system_clock::time_point::max();
};

class CallInterceptor final : public grpc::experimental::Interceptor {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  // `method` is the RPC's and `binding` the one that it had at the RPC's start.
  // `link` leads to the RPC's channel. `classifier` and `fallback` may be null.
  // All but `rpc`, `link` and `fallback` must outlive the interceptor.
  CallInterceptor(const GuardedMethod& method, const Binding& binding,
                  const Clock& clock, const RpcFacts& rpc,
                  const SafeClassifier* classifier = nullptr,
                  const ChannelLink& link = ChannelLink(),
                  std::unique_ptr<CallFallback> fallback = nullptr)
      : method_(method),
        clock_(clock),
        rpc_(rpc),
        classifier_(classifier),
        fallback_(std::move(fallback)),
        link_(link),
        call_(binding) {}

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
  // The first batch. Returns the phase to go on with.
  Phase Decide(Batch* batch);
  Answer AnswerTo(Batch* batch);
  Phase AwaitDecision(Phase phase);
  void AnswerRejected(Batch* batch);
  void FailSends(Batch* batch);
  void ObserveAdmitted(Batch* batch);
  void Received();
  Outcome EndByStatus(Batch* batch, bool reply_missing);
  Outcome Judge(Batch* batch, bool reply_missing, TimePoint now) const;

  const GuardedMethod& method_;
  const Clock& clock_;
  const RpcFacts rpc_;
  const SafeClassifier* const classifier_;
  const std::unique_ptr<CallFallback> fallback_;

  std::atomic<Phase> phase_{Phase::kUndecided};
  std::atomic<bool> cancelled_{false};
  std::thread::id hijacker_;  // published by kHijacking

  ChannelLink link_;
  GuardedCall call_;

  // Written by the deciding thread.
  std::optional<Duration> budget_;  // from the RPC's start to its deadline
  std::string peer_at_start_;       // read for a classifier only

  std::atomic<uint64_t> messages_{0};  // counted for a classifier only

  std::unique_ptr<const Answer> answer_;  // published by kHijacking
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_
