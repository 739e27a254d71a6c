// One RPC's hooks entered by several threads at once, as gRPC does.

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "fusebox/grpc/rejection.h"
#include "tests/grpc/call_interceptor_test.h"

namespace fusebox {
namespace {

constexpr int kRounds = 2'000;

// Runs all of `jobs` at once, again and again, after `before` and with `after`.
class Together {
 public:
  explicit Together(std::vector<std::function<void()>> jobs)
      : jobs_(std::move(jobs)) {}

  void Run() {
    std::atomic<size_t> ready{0};
    std::vector<std::thread> threads;
    for (const auto& job : jobs_) {
      threads.emplace_back([&] {
        ++ready;
        while (ready < jobs_.size()) std::this_thread::yield();
        job();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  const std::vector<std::function<void()>> jobs_;
};

using CallInterceptorRaceTest = CallInterceptorTest;

TEST_F(CallInterceptorRaceTest, TwoFirstBatchesTakeOnePermit) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::BIDI_STREAMING);
    FakeBatch send({Hook::PRE_SEND_INITIAL_METADATA});
    FakeBatch receive({Hook::PRE_RECV_MESSAGE});
    Together(
        {[&] { call->Intercept(&send); }, [&] { call->Intercept(&receive); }})
        .Run();
    ASSERT_EQ(totals().admitted, static_cast<uint64_t>(i + 1));
    ASSERT_TRUE(send.proceeded() && receive.proceeded());
  }
}

// Exactly one of them hijacks; the other waits until that has taken effect
// and is answered as every batch after it.
TEST_F(CallInterceptorRaceTest, TwoFirstBatchesOfARejectedCallHijackOnce) {
  ForceOpen();
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::BIDI_STREAMING);
    bool hijack_took_effect = false;  // plain: the interceptor orders it
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
    Together({[&] { enter(&one); }, [&] { enter(&other); }}).Run();
    ASSERT_NE(one.hijacked(), other.hijacked());
    ASSERT_TRUE(one.hijacked() || one.failed_send());
    ASSERT_TRUE(other.hijacked() ||
                (other.failed_receive() && IsRejection(other.status)));
  }
}

TEST_F(CallInterceptorRaceTest, AMessageAndTheStatusSettleOnceAndReleaseOnce) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::BIDI_STREAMING);
    Start(*call);
    Together({[&] { Receive(*call); }, [&] { Receive(*call); },
              [&] { Finish(*call, Unavailable()); }})
        .Run();
    const TotalsReading now = totals();
    ASSERT_EQ(now.ended, static_cast<uint64_t>(i + 1));
    // The circuit may open meanwhile; nothing but the totals counts here.
    ASSERT_EQ(now.successes + now.failures, now.admitted);
    breaker_.breaker().Reset();
  }
}

TEST_F(CallInterceptorRaceTest, ACancellationMayComeAtAnyTime) {
  for (int i = 0; i < kRounds; ++i) {
    const auto call = NewCall(Type::UNARY);
    Together({[&] {
                Start(*call);
                Finish(*call, {grpc::StatusCode::CANCELLED, ""});
              },
              [&] {
                FakeBatch cancel({Hook::PRE_SEND_CANCEL});
                call->Intercept(&cancel);
              }})
        .Run();
  }
  const TotalsReading now = totals();
  EXPECT_EQ(now.admitted, now.ended);
  EXPECT_EQ(now.admitted, now.ignored);
}

}  // namespace
}  // namespace fusebox
