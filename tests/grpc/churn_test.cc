// churn_test.cc: targets and tenants come and go while calls are under way.
//
// Sums, snapshots and memory must follow what lives. FUSEBOX_CHURN=1000000 sets
// how many come and go; the default is small enough for every run.

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/types.h"
#include "fusebox/grpc/internal/call_interceptor.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/target.h"
#include "fusebox/registry/registry.h"
#include "tests/base/threads.h"
#include "tests/grpc/fake_batch.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
extern "C" size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace fusebox::internal {
namespace {

using Hook = FakeBatch::Hook;

size_t AllocatedBytes() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

// How many come and go.
int Churn() {
  const char* const wanted = std::getenv("FUSEBOX_CHURN");
  return wanted == nullptr ? 4000 : std::atoi(wanted);
}

class ChurnTest : public testing::Test {
 protected:
  static constexpr int kThreads = 4;
  static constexpr size_t kAlive = 100;

  ChurnTest() {
    Registry::Options options;
    options.max_keyed_methods = kAlive;
    registry_ = *Registry::Create(Config(), options);
    registry_->MeterCalls();
    listener_ = registry_->Subscribe([this](const Event& event) {
      if (event.type == EventType::kRetired) ++retired_;
    });
  }

  // A call that has begun, on a channel that it keeps.
  struct Call {
    std::shared_ptr<const OpenTarget> channel;
    std::unique_ptr<CallInterceptor> interceptor;
  };
  Call Begin(std::shared_ptr<const OpenTarget> channel,
             const std::string& key = "") {
    MethodUse method = channel->Find("/shop.v1.Cart/Checkout", key);
    const Binding& binding = *method->binding();
    Call call = {std::move(channel), std::make_unique<CallInterceptor>(
                                         std::move(method), binding,
                                         registry_->clock(), RpcFacts())};
    FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    call.interceptor->Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
    return call;
  }
  static void End(Call call) {
    int message = 0;
    FakeBatch batch({Hook::POST_RECV_STATUS, Hook::POST_RECV_MESSAGE});
    batch.received_message = &message;
    call.interceptor->Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }

  // Returns how many calls have succeeded, on breakers in use and on others.
  uint64_t Successes() {
    RetiredBreakers retired;
    uint64_t sum = 0;
    for (const auto& it :
         registry_->TakeSnapshot(registry_->clock().Now(), &retired)) {
      sum += it.breaker.totals.successes;
    }
    return sum + retired.totals.successes;
  }

  // Runs `turn(thread, i)` for each i below `count`, spread over threads. Then
  // does that again, and expects that no more memory is in use than before.
  template <typename F>
  void RunTwice(F turn) {
    const int count = Churn() / 2;
    size_t bytes[2];
    for (size_t& used : bytes) {
      OnThreads(kThreads, [&](int thread) {
        for (int i = thread; i < count; i += kThreads) turn(thread, i);
      });
      registry_->WaitForListeners();
      used = AllocatedBytes();
    }
    EXPECT_LT(bytes[1], bytes[0] + 200'000);
  }

  std::shared_ptr<Registry> registry_;
  uint64_t retired_ = 0;
  Subscription listener_;
};

TEST_F(ChurnTest, MemoryFollowsTheTargetsThatAreAlive) {
  using Channels = std::vector<std::shared_ptr<const OpenTarget>>;
  std::vector<Channels> channels(
      kThreads, Channels(kAlive / static_cast<size_t>(kThreads)));
  RunTwice([&](int thread, int i) {
    Channels& mine = channels[static_cast<size_t>(thread)];
    auto& channel = mine[static_cast<size_t>(i) % mine.size()];
    // The old channel goes while a call on it is under way.
    Call last;
    if (channel != nullptr) last = Begin(channel);
    channel = std::make_shared<const OpenTarget>(
        registry_->Open("10.0.0." + std::to_string(i) + ":50051"));
    End(Begin(channel));
    if (last.channel != nullptr) End(std::move(last));
  });
  EXPECT_LE(registry_->TakeSnapshot().size(), kAlive);
  channels.clear();
  EXPECT_TRUE(registry_->TakeSnapshot().empty());
  registry_->WaitForListeners();
  EXPECT_EQ(retired_ + registry_->dropped_events(),
            static_cast<uint64_t>(Churn() / 2 * 2));
  // Each channel had two calls, one when it came and one when it went, except
  // the last ones.
  EXPECT_EQ(Successes(), static_cast<uint64_t>(Churn() / 2 * 2) * 2 - kAlive);
}

TEST_F(ChurnTest, MemoryFollowsTheTenantsThatHaveAPlace) {
  const auto channel =
      std::make_shared<const OpenTarget>(registry_->Open("shop:443"));
  std::vector<Call> under_way(kThreads);
  std::vector<uint64_t> calls(kThreads);
  RunTwice([&](int thread, int i) {
    Call& last = under_way[static_cast<size_t>(thread)];
    if (last.channel != nullptr) End(std::move(last));
    last = Begin(channel, "tenant " + std::to_string(i));
    ++calls[static_cast<size_t>(thread)];
  });
  uint64_t sum = 0;
  for (size_t i = 0; i < kThreads; ++i) {
    End(std::move(under_way[i]));
    sum += calls[i];
  }
  EXPECT_LE(registry_->TakeSnapshot().size(), kAlive + 1);
  EXPECT_EQ(Successes(), sum);
  RetiredBreakers retired;
  registry_->TakeSnapshot(registry_->clock().Now(), &retired);
  EXPECT_GE(retired.count, sum - kAlive - registry_->overflow_calls());
}

}  // namespace
}  // namespace fusebox::internal
