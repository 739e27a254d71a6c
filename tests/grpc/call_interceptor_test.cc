// Calls the hooks of one RPC's interceptor one by one, without gRPC.

#include "fusebox/grpc/internal/call_interceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <climits>
#include <memory>
#include <optional>
#include <set>

#include "fusebox/grpc/internal/call_fallback.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/call_interceptor_test.h"
#include "tests/grpc/fake_batch.h"

namespace fusebox::internal {
namespace {

using std::chrono::seconds;

TEST_F(CallInterceptorTest, TheFirstBatchOfAnyKindDecides) {
  for (const Hook hook :
       {Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_RECV_MESSAGE,
        Hook::PRE_SEND_MESSAGE, Hook::PRE_RECV_INITIAL_METADATA}) {
    const auto call = NewCall(Type::kBidiStreaming);
    FakeBatch batch({hook});
    call->Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
    EXPECT_EQ(totals().in_flight(), 1u);
  }
  EXPECT_EQ(totals().admitted, 4u);
  EXPECT_EQ(totals().abandoned, 4u);
}

TEST_F(CallInterceptorTest, AnEmptyFirstBatchDecidesToo) {
  const auto call = NewCall(Type::kBidiStreaming);
  FakeBatch batch({});
  call->Intercept(&batch);
  EXPECT_EQ(totals().in_flight(), 1u);
}

TEST_F(CallInterceptorTest, TheStatusSettlesAndReleases) {
  const auto call = NewCall(Type::kUnary);
  Start(*call);
  clock_.Advance(seconds(2));
  Finish(*call, Ok());
  EXPECT_EQ(totals().successes, 1u);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallInterceptorTest, AStatusWithoutItsSingleReplyIsAFailure) {
  const auto call = NewCall(Type::kUnary);
  Start(*call);
  FakeBatch batch({Hook::POST_RECV_STATUS, Hook::POST_RECV_MESSAGE});
  call->Intercept(&batch);
  EXPECT_EQ(totals().failures, 1u);
}

TEST_F(CallInterceptorTest, AnInvalidStatusCodeIsAFailure) {
  for (const int code : {-1, 17, 999, INT_MAX, INT_MIN}) {
    const auto call = NewCall(Type::kUnary);
    Start(*call);
    Finish(*call, {static_cast<grpc::StatusCode>(code), ""});
  }
  EXPECT_EQ(totals().failures, 5u);
}

TEST_F(CallInterceptorTest, AStreamWithAStatusButNoMessagesIsASuccess) {
  const auto call = NewCall(Type::kServerStreaming);
  Start(*call);
  FakeBatch batch({Hook::POST_RECV_STATUS, Hook::POST_RECV_MESSAGE});
  call->Intercept(&batch);
  EXPECT_EQ(totals().successes, 1u);
}

TEST_F(CallInterceptorTest, AStreamsFirstMessageSettlesAndItsStatusReleases) {
  const auto call = NewCall(Type::kServerStreaming);
  Start(*call);
  Receive(*call);
  EXPECT_EQ(totals().successes, 1u);
  EXPECT_EQ(totals().ended, 0u);
  Receive(*call);
  Finish(*call, Unavailable());
  EXPECT_EQ(totals().successes, 1u);
  EXPECT_EQ(totals().failures, 0u);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallInterceptorTest, ASingleReplySettlesNothingWithoutItsStatus) {
  for (const Type type : {Type::kUnary, Type::kClientStreaming}) {
    const auto call = NewCall(type);
    Start(*call);
    Receive(*call);
    EXPECT_EQ(totals().successes, 0u);
    Finish(*call, Unavailable());
  }
  EXPECT_EQ(totals().failures, 2u);
}

TEST_F(CallInterceptorTest, TheEndOfAStreamsMessagesSettlesNothing) {
  const auto call = NewCall(Type::kServerStreaming);
  Start(*call);
  FakeBatch batch({Hook::POST_RECV_MESSAGE});  // Read() returned false
  call->Intercept(&batch);
  Finish(*call, Unavailable());
  EXPECT_EQ(totals().failures, 1u);
  EXPECT_EQ(totals().successes, 0u);
}

TEST_F(CallInterceptorTest, AMessageAfterTheStatusSettlesNothing) {
  const auto call = NewCall(Type::kBidiStreaming);
  Start(*call);
  Finish(*call, Unavailable());
  Receive(*call);
  EXPECT_EQ(totals().failures, 1u);
  EXPECT_EQ(totals().successes, 0u);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallInterceptorTest, ACallWithoutAStatusAbandonsItsPermitWhenDestroyed) {
  auto call = NewCall(Type::kUnary);
  Start(*call);
  call.reset();
  EXPECT_EQ(totals().abandoned, 1u);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallInterceptorTest, ACancellationOnlySetsAFlag) {
  const auto call = NewCall(Type::kUnary);
  Start(*call);
  FakeBatch batch({Hook::PRE_SEND_CANCEL});
  call->Intercept(&batch);
  EXPECT_FALSE(batch.proceeded());
  EXPECT_EQ(totals().in_flight(), 1u);
  Finish(*call, {grpc::StatusCode::CANCELLED, ""});
  EXPECT_EQ(totals().ignored, 1u);
}

TEST_F(CallInterceptorTest, ACallCancelledBeforeItBeganIsNotJudged) {
  const auto call = NewCall(Type::kUnary);
  FakeBatch cancel({Hook::PRE_SEND_CANCEL});
  call->Intercept(&cancel);
  Start(*call);
  Finish(*call, {grpc::StatusCode::CANCELLED, ""});
  EXPECT_EQ(totals().admitted, 0u);
}

TEST_F(CallInterceptorTest, ARejectedUnaryCallFailsNoSend) {
  ForceOpen();
  const auto call = NewCall(Type::kUnary);
  FakeBatch first({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE,
                   Hook::PRE_SEND_CLOSE});
  FakeBatch nested({Hook::PRE_RECV_INITIAL_METADATA, Hook::PRE_RECV_MESSAGE,
                    Hook::PRE_RECV_STATUS});
  first.on_hijack = [&] { call->Intercept(&nested); };
  call->Intercept(&first);
  EXPECT_TRUE(first.hijacked());
  EXPECT_FALSE(first.proceeded());
  EXPECT_FALSE(first.failed_send());
  EXPECT_TRUE(nested.failed_receive());
  EXPECT_TRUE(nested.proceeded());
  EXPECT_TRUE(IsRejection(nested.status));
  ASSERT_EQ(nested.trailers().size(), 1u);
  EXPECT_EQ(nested.trailers().begin()->first, "fusebox-rejection");
  EXPECT_EQ(nested.trailers().begin()->second, "FORCED_OPEN");
  EXPECT_EQ(totals().admitted, 0u);
}

TEST_F(CallInterceptorTest, ARejectedStreamFailsEverySendAndReceive) {
  ForceOpen();
  const auto call = NewCall(Type::kBidiStreaming);
  FakeBatch first({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
  FakeBatch nested({});
  first.on_hijack = [&] { call->Intercept(&nested); };
  call->Intercept(&first);
  EXPECT_TRUE(first.failed_send());

  FakeBatch write({Hook::PRE_SEND_MESSAGE});
  call->Intercept(&write);
  EXPECT_TRUE(write.failed_send());
  EXPECT_FALSE(write.hijacked());

  FakeBatch read({Hook::PRE_RECV_MESSAGE});
  call->Intercept(&read);
  EXPECT_TRUE(read.failed_receive());
}

// Answers the call, and can be made to fail when it delivers the answer.
class Answerer final : public CallFallback {
 public:
  explicit Answerer(bool delivers) : delivers_(delivers) {}
  void Pass(Batch*) noexcept override {}
  void Keep(const void*) noexcept override {}
  std::optional<FallbackKind> Answer(Batch*,
                                     const Rejection&) noexcept override {
    return FallbackKind::kHandler;
  }
  bool Deliver(void*) noexcept override { return delivers_; }

 private:
  const bool delivers_;
};

TEST_F(CallInterceptorTest, AnAnsweredCallEndsWithOkIfTheAnswerIsDelivered) {
  ForceOpen();
  for (const bool delivers : {true, false}) {
    CallInterceptor call(one_.method, one_.binding, clock_, RpcFacts(),
                         /*classifier=*/nullptr, ChannelLink(),
                         std::make_unique<Answerer>(delivers));
    FakeBatch first({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
    FakeBatch nested({Hook::PRE_RECV_MESSAGE, Hook::PRE_RECV_STATUS});
    nested.status = Unavailable();
    first.on_hijack = [&] { call.Intercept(&nested); };
    call.Intercept(&first);
    EXPECT_EQ(nested.failed_receive(), !delivers);
    EXPECT_TRUE(nested.status.ok());
    ASSERT_EQ(nested.trailers().size(), 1u);
    EXPECT_EQ(nested.trailers().begin()->first, "fusebox-fallback");
    EXPECT_EQ(nested.trailers().begin()->second, "handler");
  }
  EXPECT_EQ(totals().fallbacks, 2u);
  EXPECT_EQ(totals().rejected_in_all(), 2u);
}

// The application may destroy the call meanwhile. AddressSanitizer reports any
// access afterwards.
TEST_F(CallInterceptorTest, NothingOfTheCallIsTouchedAfterProceed) {
  for (const auto& hooks : {std::set<Hook>{Hook::PRE_SEND_INITIAL_METADATA},
                            std::set<Hook>{Hook::POST_RECV_STATUS},
                            std::set<Hook>{Hook::POST_RECV_MESSAGE}}) {
    auto call = NewCall(Type::kBidiStreaming);
    int message = 0;
    FakeBatch batch(hooks);
    batch.received_message = &message;
    if (hooks.count(Hook::PRE_SEND_INITIAL_METADATA) == 0) Start(*call);
    batch.on_proceed = [&] { call.reset(); };
    call->Intercept(&batch);
    EXPECT_EQ(call, nullptr);
  }
  EXPECT_EQ(totals().admitted, totals().ended);
}

TEST_F(CallInterceptorTest, NothingOfTheCallIsTouchedAfterHijack) {
  ForceOpen();
  auto call = NewCall(Type::kServerStreaming);
  FakeBatch first({Hook::PRE_SEND_INITIAL_METADATA, Hook::PRE_SEND_MESSAGE});
  FakeBatch nested({Hook::PRE_RECV_STATUS});
  nested.on_proceed = [&] { call.reset(); };
  first.on_hijack = [&] { call->Intercept(&nested); };
  call->Intercept(&first);
  EXPECT_EQ(call, nullptr);
}

TEST_F(CallInterceptorTest, IfTheDeadlineHadAlreadyPassedItsExpiryIsIgnored) {
  const auto past = std::chrono::system_clock::now() - seconds(1);
  const auto call = NewCall(Type::kUnary, past);
  Start(*call);
  Finish(*call, {grpc::StatusCode::DEADLINE_EXCEEDED, ""});
  EXPECT_EQ(totals().ignored, 1u);
}

TEST_F(CallInterceptorTest, IfTheDeadlineIsBelowTheMinimumItsExpiryIsIgnored) {
  Policy policy;
  policy.min_deadline = std::chrono::minutes(10);
  OneMethod one(policy, clock_);
  const auto expire_after = [&](Duration budget) {
    CallInterceptor call(
        one.method, one.binding, clock_,
        RpcFacts{Type::kUnary,
                 std::chrono::system_clock::now() +
                     std::chrono::duration_cast<Deadline::duration>(budget)});
    Start(call);
    Finish(call, {grpc::StatusCode::DEADLINE_EXCEEDED, ""});
    return one.breaker().TakeSnapshot().totals;
  };
  EXPECT_EQ(expire_after(std::chrono::minutes(9)).ignored, 1u);
  EXPECT_EQ(expire_after(std::chrono::minutes(11)).failures, 1u);
}

TEST_F(CallInterceptorTest,
       OtherFailuresCountEvenIfTheDeadlineHadAlreadyPassed) {
  const auto past = std::chrono::system_clock::now() - seconds(1);
  const auto call = NewCall(Type::kUnary, past);
  Start(*call);
  Finish(*call, Unavailable());
  EXPECT_EQ(totals().failures, 1u);
}

}  // namespace
}  // namespace fusebox::internal
