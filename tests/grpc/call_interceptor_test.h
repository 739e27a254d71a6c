// call_interceptor_test.h: a fixture with interceptors, and batches to drive
// them.

#ifndef FUSEBOX_TESTS_GRPC_CALL_INTERCEPTOR_TEST_H_
#define FUSEBOX_TESTS_GRPC_CALL_INTERCEPTOR_TEST_H_

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/internal/call_interceptor.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/testing/manual_clock.h"
#include "tests/grpc/fake_batch.h"
#include "tests/registry/one_method.h"

namespace fusebox::internal {

// Answers a rejected call, and delivers the answer if `delivers`.
class Answerer : public CallFallback {
 public:
  explicit Answerer(bool delivers = true) : delivers_(delivers) {}
  void Pass(Batch*) noexcept override {}
  void Take(const void*) noexcept override {}
  void Keep() noexcept override {}
  std::optional<FallbackKind> Answer(Batch*,
                                     const Rejection&) noexcept override {
    return FallbackKind::kHandler;
  }
  bool Deliver(void*) noexcept override { return delivers_; }

 private:
  const bool delivers_;
};

// A channel whose RPCs have the peer `target` at first and `at_end` at the end.
// It counts how often the peer is read. `finished` may change at any time.
class FakePeer final : public ChannelAccess {
 public:
  grpc_connectivity_state GetState(const RpcChannel&) noexcept override {
    return GRPC_CHANNEL_READY;
  }
  std::string Peer(const RpcChannel&) override {
    ++readings;
    const std::string peer = finished ? at_end : target;
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    return peer;
  }
  void Reconnect(const RpcChannel&) noexcept override {}

  std::string target = "shop:443";
  std::string at_end = "ipv4:10.0.0.1:443";
  std::atomic<int> readings{0};
  std::atomic<bool> finished{false};

  // What happens while the peer is read next.
  std::function<void()> meanwhile;
};

class CallInterceptorTest : public testing::Test {
 protected:
  using Hook = FakeBatch::Hook;
  using Type = RpcType;
  using Deadline = std::chrono::system_clock::time_point;

  std::unique_ptr<CallInterceptor> NewCall(
      Type type, Deadline deadline = Deadline::max()) {
    return std::make_unique<CallInterceptor>(one_.use(), one_.binding, clock_,
                                             RpcFacts{type, deadline});
  }

  static grpc::Status Ok() { return grpc::Status(); }
  static grpc::Status Unavailable() {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "");
  }

  // These run the batches of a call in the order in which gRPC does.
  static void Start(CallInterceptor& call) {
    FakeBatch batch({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    call.Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }
  static void Receive(CallInterceptor& call) {
    int message = 0;
    FakeBatch batch({Hook::POST_RECV_MESSAGE});
    batch.received_message = &message;
    call.Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }
  static void Finish(CallInterceptor& call, const grpc::Status& status) {
    int message = 0;
    FakeBatch batch({Hook::POST_RECV_STATUS, Hook::POST_RECV_MESSAGE});
    batch.received_message = status.ok() ? &message : nullptr;
    batch.status = status;
    call.Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }

  void ForceOpen() { one_.breaker().SetOperatorMode(Mode::kForcedOpen); }
  TotalsReading totals() { return one_.breaker().TakeSnapshot().totals; }

  ManualClock clock_;
  OneMethod one_{Policy(), clock_};
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_TESTS_GRPC_CALL_INTERCEPTOR_TEST_H_
