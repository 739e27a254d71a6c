// Many calls of all flavours end in all ways, on several threads.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#include <malloc.h>
#endif

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/rejection.h"
#include "tests/base/threads.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

#ifdef __SANITIZE_ADDRESS__
// From sanitizer/allocator_interface.h, which some versions of gcc lack.
extern "C" size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace fusebox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr const char* kMethods[] = {kSay, kCollect, kRepeat, kChat};

// Makes one thread's share of the calls. Each thread has its own random
// numbers.
class Caller {
 public:
  Caller(unsigned seed, EchoServer* server, std::vector<GuardedChannel*> all)
      : random_(seed), server_(*server), guarded_(std::move(all)) {}

  void Call() {
    GuardedChannel& guarded = *guarded_[Roll(guarded_.size())];
    const Flavour& flavour = Flavours()[Roll(Flavours().size())];
    server_.Respond(SomeReply());
    if (Roll(20) == 0) Steer(guarded, flavour.method());
    if (Roll(10) == 0) guarded.clock().Advance(seconds(Roll(70)));

    auto context = std::make_unique<grpc::ClientContext>();
    Plan plan;
    SetEnding(flavour, context.get(), &plan);
#ifdef __SANITIZE_ADDRESS__
    // gRPC leaks a call that is never started.
    std::optional<__lsan::ScopedDisabler> grpc_leaks;
    if (plan.end == Plan::End::kNotStarted) grpc_leaks.emplace();
#endif
    flavour.Call(guarded.channel(), context.get(), plan);
    if (Roll(4) == 0) server_.EndSilence(SomeStatus());

    // Contexts may be kept. Then the permits of calls that are never finished
    // are kept too.
    kept_.push_back(std::move(context));
    if (kept_.size() > 20 || Roll(3) == 0) kept_.pop_front();
  }

 private:
  size_t Roll(size_t sides) { return random_() % sides; }

  grpc::Status SomeStatus() {
    constexpr grpc::StatusCode kCodes[] = {
        grpc::StatusCode::OK, grpc::StatusCode::UNAVAILABLE,
        grpc::StatusCode::NOT_FOUND, grpc::StatusCode::CANCELLED};
    return grpc::Status(kCodes[Roll(4)], "");
  }

  EchoReply SomeReply() {
    switch (Roll(5)) {
      case 0:
        return EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "down"});
      case 1:
        return EchoReply::BreakAfter(1, SomeStatus());
      case 2:
        return EchoReply::SilentAfter(static_cast<int>(Roll(2)));
      default:
        return EchoReply::Succeed();
    }
  }

  void SetEnding(const Flavour& flavour, grpc::ClientContext* context,
                 Plan* plan) {
    context->set_deadline(system_clock::now() + milliseconds(50));
    switch (Roll(8)) {
      case 0:
        context->set_deadline(system_clock::now() - seconds(1));
        break;
      case 1:
        context->set_deadline(system_clock::now() + milliseconds(1));
        break;
      case 2:
        context->TryCancel();
        break;
      case 3:
        plan->midway = [=] { context->TryCancel(); };
        break;
      case 4:
        if (flavour.Does(Plan::End::kNotFinished)) {
          plan->end = Plan::End::kNotFinished;
        }
        break;
      case 5:
        if (Roll(4) == 0 && flavour.Does(Plan::End::kNotStarted)) {
          plan->end = Plan::End::kNotStarted;
        }
        break;
    }
  }

  void Steer(GuardedChannel& guarded, const char* method) {
    constexpr std::optional<Mode> kModes[] = {
        std::nullopt, Mode::kDryRun, Mode::kDisabled, Mode::kForcedOpen};
    const size_t roll = Roll(8);
    if (roll == 7) {
      guarded.breaker(method).Reset();
    } else {
      guarded.breaker(method).SetOperatorMode(kModes[roll < 4 ? roll : 0]);
    }
  }

  std::minstd_rand random_;
  EchoServer& server_;
  const std::vector<GuardedChannel*> guarded_;
  std::deque<std::unique_ptr<grpc::ClientContext>> kept_;
};

Policy EagerPolicy() {
  Policy policy;
  policy.consecutive_failures = 2;
  policy.count_broken_streams = true;
  policy.half_open.max_probes = 2;
  policy.half_open.successes_to_close = 2;
  policy.max_concurrent_calls = 3;
  policy.recovery_ramp = RecoveryRamp{seconds(20), 0.5};
  return policy;
}

TEST(Stress, HoweverCallsEndPermitsAreReturnedAndCircuitsCanClose) {
  constexpr int kThreads = 5;
  constexpr int kCallsOfEach = 2'000;
  EchoServer server;
  Config config;
  config.default_policy = EagerPolicy();
  GuardedChannel in_process(server, Transport::kInProcess, config);
  GuardedChannel tcp(server, Transport::kTcp, config);
  {
    OnThreads(kThreads, [&](int thread) {
      Caller caller(static_cast<unsigned>(thread) + 1, &server,
                    {&in_process, &tcp});
      for (int j = 0; j < kCallsOfEach; ++j) caller.Call();
    });
  }

  TotalsReading sum;
  for (GuardedChannel* const guarded : {&in_process, &tcp}) {
    for (const char* const method : kMethods) {
      SCOPED_TRACE(method);
      guarded->ExpectNothingHeld(method);
      const TotalsReading totals = guarded->Totals(method);
      sum.admitted += totals.admitted;
      sum.successes += totals.successes;
      sum.failures += totals.failures;
      sum.ignored += totals.ignored;
      sum.abandoned += totals.abandoned;
      sum.broken_streams += totals.broken_streams;
      sum.late += totals.late;
      for (size_t i = 0; i < sum.rejected.size(); ++i) {
        sum.rejected[i] += totals.rejected[i];
        sum.not_enforced[i] += totals.not_enforced[i];
      }
    }
  }
  EXPECT_LE(server.calls(), sum.admitted);
  // Every kind of outcome has occurred.
  EXPECT_GT(sum.successes, 0u);
  EXPECT_GT(sum.failures, 0u);
  EXPECT_GT(sum.ignored, sum.abandoned);
  EXPECT_GT(sum.abandoned, 0u);
  EXPECT_GT(sum.broken_streams, 0u);
  EXPECT_GT(sum.late, 0u);
  for (int i = 0; i < kRejectionReasonCount; ++i) {
    const auto reason = static_cast<RejectionReason>(i);
    if (reason == RejectionReason::kReconnecting) continue;  // no outages here
    EXPECT_GT(sum.rejected[static_cast<size_t>(i)], 0u) << reason;
  }
  EXPECT_GT(sum.not_enforced[0], 0u);

  server.Respond(EchoReply::Succeed());
  for (GuardedChannel* const guarded : {&in_process, &tcp}) {
    for (const char* const method : kMethods) {
      SCOPED_TRACE(method);
      guarded->breaker(method).SetOperatorMode(std::nullopt);
      for (const Flavour& flavour : Flavours()) {
        if (flavour.method() != method) continue;
        guarded->clock().Advance(seconds(60));  // ends OPEN, or the ramp
        grpc::ClientContext context;
        EXPECT_TRUE(flavour.Call(guarded->channel(), &context).status.ok());
      }
      EXPECT_EQ(guarded->Now(method).state, State::kClosed);
      guarded->ExpectNothingHeld(method);
    }
  }
}

size_t BytesInUse() {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

TEST(Stress, RejectionsDoNotGrowMemory) {
  constexpr size_t kRejections = 100'000;
  constexpr size_t kWarmUp = 5'000;
  EchoServer server;
  GuardedChannel guarded(server, Transport::kTcp);
  for (const char* const method : kMethods) {
    guarded.breaker(method).SetOperatorMode(Mode::kForcedOpen);
  }
  size_t before = 0;
  for (size_t i = 0; i < kWarmUp + kRejections; ++i) {
    if (i == kWarmUp) before = BytesInUse();
    grpc::ClientContext context;
    const Flavour& flavour = Flavours()[i % Flavours().size()];
    ASSERT_TRUE(IsRejection(flavour.Call(guarded.channel(), &context).status));
  }
  EXPECT_LT(BytesInUse(), before + kRejections)
      << "more than a byte a rejection";
  EXPECT_EQ(server.calls(), 0u);
}

}  // namespace
}  // namespace fusebox
