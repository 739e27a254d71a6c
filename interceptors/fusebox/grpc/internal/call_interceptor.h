// call_interceptor.h: the interceptor of one RPC.
//
// It asks the breaker whether the RPC may proceed. If not, it answers the RPC
// locally. At the end it reports the outcome to the breaker. A GuardedCall is
// the breaker's side of this; this class deals with gRPC only.
//
// gRPC calls Intercept() for each batch of operations: several times per batch,
// and from several threads at once. docs/adr/0002 says why the first batch of
// any kind decides, and why the permit is here. Tests established what else the
// code relies on:
//
//  * A rejection hijacks the RPC. From then on the interceptor completes its
//    receive operations. The send operations of a stream must fail: in the
//    first batch before Hijack(), which clears the batch's hooks, and then in
//    each later batch. The send operation of a unary call never fails here,
//    because that would change how the call completes.
//  * After Proceed() or Hijack() the application may have destroyed the RPC. So
//    the interceptor touches nothing, and holds no lock across them.
//  * ClientContext holds its own lock during the cancel hook, so the hook only
//    sets a flag.
//  * If the status is OK but the single reply is missing or cannot be parsed,
//    the application sees an error, and the RPC counts as a failure.
//  * A request can be read only before the hijack, so a fallback answers there.
//  * The trailers are available only in the batch that receives the status.
//  * The peer shows where the status came from (outcome.h). In newer versions
//    of gRPC, the status may come before the initial metadata, on another
//    thread, and the peer is certain only after both. Therefore, if the peer
//    matters and does not name a server yet, the status is kept until the
//    initial metadata comes, or until the call is destroyed.
//
// The class takes plain values instead of gRPC's ClientRpcInfo. Tests can
// therefore drive it with their own batches and without the gRPC library.

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
#include "fusebox/base/internal/export.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/ending.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/guarded_call.h"

namespace fusebox::internal {

// The facts about an RPC that are known when it begins.
struct RpcFacts {
  RpcType type = RpcType::kUnary;

  // The far future if the RPC has no deadline.
  std::chrono::system_clock::time_point deadline =
      std::chrono::system_clock::time_point::max();
};

class FUSEBOX_EXPORT CallInterceptor final
    : public grpc::experimental::Interceptor {
 public:
  using Batch = grpc::experimental::InterceptorBatchMethods;

  // `method` is the RPC's method. `binding` is the binding that this method had
  // when the RPC started. `link` leads to the RPC's channel. `classifier` and
  // `fallback` may be null. Everything except `rpc`, `link` and `fallback` must
  // outlive the interceptor.
  CallInterceptor(MethodUse method, const Binding& binding, const Clock& clock,
                  const RpcFacts& rpc,
                  const SafeClassifier* classifier = nullptr,
                  const ChannelLink& link = ChannelLink(),
                  std::unique_ptr<CallFallback> fallback = nullptr)
      : method_(std::move(method)),
        clock_(clock),
        rpc_(rpc),
        classifier_(classifier),
        fallback_(std::move(fallback)),
        link_(link),
        call_(binding) {}

  // Settles a call whose initial metadata never came.
  ~CallInterceptor() override;

  void Intercept(Batch* batch) override;

 private:
  enum class Phase : uint8_t {
    kUndecided,
    kDeciding,  // one thread is in the first batch
    kUnjudged,  // passes without a permit
    kAdmitted,
    kHijacking,  // rejected; Hijack() will enter Intercept() again
    kRejected,
  };

  // Which of the initial metadata and the status has come.
  enum class Arrival : uint8_t {
    kNoMetadata,
    kStatusWaits,  // ending_ is kept until the initial metadata comes
    kMetadata,
  };

  // How every batch of a rejected RPC is answered. If the status is OK, the
  // message is the fallback's. The trailer is never freed, because gRPC keeps
  // views of it.
  struct Answer {
    grpc::Status status;
    const char* trailer;
    std::string_view value;
  };

  bool unary() const { return rpc_.type == RpcType::kUnary; }
  bool single_reply() const {
    return unary() || rpc_.type == RpcType::kClientStreaming;
  }
  // Handles the first batch. Returns the next phase.
  Phase Decide(Batch* batch);
  Answer AnswerTo(Batch* batch);
  Phase AwaitDecision(Phase phase);
  void AnswerRejected(Batch* batch);
  void FailSends(Batch* batch);
  void ObserveAdmitted(Batch* batch);
  void Received();
  void OnStatus(Batch* batch, const Ending& ending);
  void OnInitialMetadata();

  // Returns whether the call is settled when its initial metadata comes.
  bool Wait(const Ending& ending);
  Origin OriginOfPeer(const std::string& peer) const;
  // `peer` is absent if it was not read yet, and empty if it cannot be read any
  // more.
  void Settle(const Ending& ending, Origin origin,
              std::optional<std::string> peer);
  Outcome Judge(const Ending& ending, Origin origin) const;

  const MethodUse method_;  // outlives the permit that call_ holds
  const Clock& clock_;
  const RpcFacts rpc_;
  const SafeClassifier* const classifier_;
  const std::unique_ptr<CallFallback> fallback_;

  std::atomic<Phase> phase_{Phase::kUndecided};
  std::atomic<bool> cancelled_{false};
  std::thread::id hijacker_;  // published by kHijacking

  ChannelLink link_;
  GuardedCall call_;

  // Only the deciding thread writes these.
  std::optional<Duration> budget_;  // from the RPC's start until its deadline
  std::string peer_at_start_;       // only read for a classifier

  std::atomic<uint64_t> messages_{0};  // only counted for a classifier

  std::unique_ptr<const Answer> answer_;  // published by kHijacking

  std::atomic<Arrival> arrival_{Arrival::kNoMetadata};
  std::unique_ptr<const KeptEnding> ending_;  // published by kStatusWaits
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_CALL_INTERCEPTOR_H_
