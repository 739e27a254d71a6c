// Several threads enter the hooks of one RPC at once, as they do in gRPC.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/rejection.h"
#include "tests/base/threads.h"
#include "tests/grpc/call_interceptor_test.h"

namespace fusebox::internal {
namespace {

constexpr int kRounds = 2'000;

using CallInterceptorRaceTest = CallInterceptorTest;

TEST_F(CallInterceptorRaceTest, TwoFirstBatchesTakeOnePermit) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::kBidiStreaming);
    FakeBatch send({Hook::PRE_SEND_INITIAL_METADATA});
    FakeBatch receive({Hook::PRE_RECV_MESSAGE});
    Together(
        {[&] { call->Intercept(&send); }, [&] { call->Intercept(&receive); }});
    ASSERT_EQ(totals().admitted, static_cast<uint64_t>(i + 1));
    ASSERT_TRUE(send.proceeded() && receive.proceeded());
  }
}

// Exactly one of them hijacks. The other one waits until the hijack has taken
// effect, and is then answered like every later batch.
TEST_F(CallInterceptorRaceTest, TwoFirstBatchesOfARejectedCallHijackOnce) {
  ForceOpen();
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::kBidiStreaming);
    bool hijack_took_effect = false;  // not atomic: the interceptor orders it
    FakeBatch nested({});
    FakeBatch one({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    FakeBatch other({Hook::PRE_RECV_MESSAGE, Hook::PRE_RECV_STATUS});
    one.on_hijack = other.on_hijack = [&] {
      hijack_took_effect = true;
      call->Intercept(&nested);
    };
    const auto enter = [&](FakeBatch* batch) {
      call->Intercept(batch);
      if (batch->proceeded()) {
        ASSERT_TRUE(hijack_took_effect);
      }
    };
    Together({[&] { enter(&one); }, [&] { enter(&other); }});
    ASSERT_NE(one.hijacked(), other.hijacked());
    ASSERT_TRUE(one.hijacked() || one.failed_send());
    ASSERT_TRUE(other.hijacked() ||
                (other.failed_receive() && IsRejection(other.status)));
  }
}

TEST_F(CallInterceptorRaceTest, AMessageAndTheStatusSettleOnceAndReleaseOnce) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::kBidiStreaming);
    Start(*call);
    Together({[&] { Receive(*call); }, [&] { Receive(*call); },
              [&] { Finish(*call, Unavailable()); }});
    const TotalsReading now = totals();
    ASSERT_EQ(now.ended, static_cast<uint64_t>(i + 1));
    // The circuit may open meanwhile. Only the totals are checked here.
    ASSERT_EQ(now.successes + now.failures, now.admitted);
    one_.breaker().Reset();
  }
}

TEST_F(CallInterceptorRaceTest, AStreamThatBreaksHasOneVerdictAndHoldsNothing) {
  Policy policy;
  policy.count_broken_streams = true;
  policy.consecutive_failures = 1;
  OneMethod counting(policy, clock_);
  Breaker& breaker = counting.breaker();
  const auto now = [&] { return breaker.TakeSnapshot(); };
  for (uint64_t i = 1; i <= kRounds; ++i) {
    CallInterceptor call(counting.use(), counting.binding, clock_,
                         RpcFacts{Type::kBidiStreaming});
    Start(call);
    Together({[&] { Receive(call); }, [&] { Finish(call, Unavailable()); },
              [&] { Receive(call); }});
    ASSERT_EQ(now().state, State::kOpen);
    ASSERT_EQ(now().totals.ended, i);
    ASSERT_EQ(now().totals.successes + now().totals.failures, i);
    ASSERT_EQ(now().totals.broken_streams, now().totals.successes);
    breaker.Reset();
  }
  EXPECT_EQ(now().totals.abandoned, 0u);
}

TEST_F(CallInterceptorRaceTest,
       AStreamWithoutAStatusReleasesWhenItIsDestroyed) {
  for (uint64_t i = 1; i <= kRounds; ++i) {
    {
      const auto call = NewCall(Type::kServerStreaming);
      Start(*call);
      Together({[&] { Receive(*call); }, [&] { Receive(*call); }});
      ASSERT_EQ(totals().in_flight(), 1u);
    }
    ASSERT_EQ(totals().ended, i);
  }
  EXPECT_EQ(totals().successes, totals().admitted);
  EXPECT_EQ(totals().abandoned, 0u);
}

// Nothing touches the call after its batches have proceeded, although the
// threads that delivered them have not returned yet.
TEST_F(CallInterceptorRaceTest,
       AStreamMayBeDestroyedAfterItsBatchesHaveProceeded) {
  for (int i = 0; i < kRounds; ++i) {
    auto call = NewCall(Type::kBidiStreaming);
    Start(*call);
    int message = 0;
    FakeBatch receive({Hook::POST_RECV_MESSAGE});
    receive.received_message = &message;
    FakeBatch finish({Hook::POST_RECV_STATUS});
    finish.status = Unavailable();
    std::atomic<int> proceeded{0};
    receive.on_proceed = finish.on_proceed = [&] { ++proceeded; };
    Together({[&] { call->Intercept(&receive); },
              [&] { call->Intercept(&finish); },
              [&] {
                while (proceeded < 2) std::this_thread::yield();
                call.reset();
              }});
    one_.breaker().Reset();
  }
  EXPECT_EQ(totals().admitted, totals().ended);
  EXPECT_EQ(totals().abandoned, 0u);
}

TEST_F(CallInterceptorRaceTest, OperationsOfARejectedStreamFailInParallel) {
  ForceOpen();
  for (int i = 0; i < kRounds; ++i) {
    auto call = NewCall(Type::kBidiStreaming);
    FakeBatch nested({});
    FakeBatch first({Hook::PRE_SEND_INITIAL_METADATA});
    first.on_hijack = [&] { call->Intercept(&nested); };
    call->Intercept(&first);
    FakeBatch write({Hook::PRE_SEND_MESSAGE});
    FakeBatch read({Hook::PRE_RECV_MESSAGE});
    FakeBatch finish({Hook::PRE_RECV_STATUS});
    FakeBatch cancel({Hook::PRE_SEND_CANCEL});
    Together({[&] { call->Intercept(&write); }, [&] { call->Intercept(&read); },
              [&] { call->Intercept(&finish); },
              [&] { call->Intercept(&cancel); }});
    ASSERT_TRUE(write.failed_send());
    ASSERT_TRUE(read.failed_receive());
    ASSERT_TRUE(IsRejection(finish.status));
    call.reset();
  }
  EXPECT_EQ(totals().rejected_in_all(), uint64_t{kRounds});
}

// Answers with 42. Its members are not atomic: the interceptor orders accesses.
class FortyTwo final : public Answerer {
 public:
  std::optional<FallbackKind> Answer(Batch*,
                                     const Rejection&) noexcept override {
    answer_ = 42;
    return FallbackKind::kHandler;
  }
  bool Deliver(void* response) noexcept override {
    *static_cast<int*>(response) = answer_;
    answer_ = 0;
    return true;
  }

 private:
  int answer_ = 0;
};

// The situation is that after ReadInitialMetadata(): another batch receives the
// message, on another thread, and the application cancels.
TEST_F(CallInterceptorRaceTest, AFallbacksAnswerReachesTheBatchThatReceivesIt) {
  ForceOpen();
  for (int i = 0; i < kRounds; ++i) {
    CallInterceptor call(one_.use(), one_.binding, clock_, RpcFacts(),
                         /*classifier=*/nullptr, ChannelLink(),
                         std::make_unique<FortyTwo>());
    int message = 0;
    FakeBatch nested({});
    FakeBatch first({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    FakeBatch receive({Hook::PRE_RECV_MESSAGE, Hook::PRE_RECV_STATUS});
    receive.received_message = &message;
    receive.status = Unavailable();
    FakeBatch cancel({Hook::PRE_SEND_CANCEL});
    std::atomic<bool> hijacked{false};
    const auto await = [&] {  // without ordering memory
      while (!hijacked.load(std::memory_order_relaxed)) {
        std::this_thread::yield();
      }
    };
    first.on_hijack = [&] {
      call.Intercept(&nested);
      hijacked.store(true, std::memory_order_relaxed);
    };
    Together({[&] { call.Intercept(&first); },
              [&] {
                await();
                call.Intercept(&receive);
              },
              [&] {
                await();
                call.Intercept(&cancel);
              }});
    ASSERT_EQ(message, 42);
    ASSERT_TRUE(receive.status.ok());
    ASSERT_FALSE(receive.failed_receive());
  }
  EXPECT_EQ(totals().fallbacks, uint64_t{kRounds});
}

TEST_F(CallInterceptorRaceTest, ACancellationMayRaceWithTheFirstBatch) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::kBidiStreaming);
    FakeBatch send({Hook::PRE_SEND_INITIAL_METADATA});
    FakeBatch receive({Hook::PRE_RECV_MESSAGE});
    FakeBatch cancel({Hook::PRE_SEND_CANCEL});
    Together({[&] { call->Intercept(&send); },
              [&] { call->Intercept(&cancel); },
              [&] { call->Intercept(&receive); }});
    ASSERT_TRUE(send.proceeded() && receive.proceeded());
    Finish(*call, {grpc::StatusCode::CANCELLED, ""});
  }
  EXPECT_EQ(totals().admitted, totals().ended);
  EXPECT_EQ(totals().admitted, totals().ignored);
  EXPECT_EQ(totals().abandoned, 0u);
}

TEST_F(CallInterceptorRaceTest, ACancellationMayComeAtAnyMoment) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::kUnary);
    Together({[&] {
                Start(*call);
                Finish(*call, {grpc::StatusCode::CANCELLED, ""});
              },
              [&] {
                FakeBatch cancel({Hook::PRE_SEND_CANCEL});
                call->Intercept(&cancel);
              }});
  }
  const TotalsReading now = totals();
  EXPECT_EQ(now.admitted, now.ended);
  EXPECT_EQ(now.admitted, now.ignored);
}

}  // namespace
}  // namespace fusebox::internal
