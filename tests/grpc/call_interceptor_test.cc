// Calls the hooks of one RPC's interceptor one by one, without gRPC.

#include "fusebox/grpc/internal/call_interceptor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <climits>
#include <memory>
#include <set>

#include "fusebox/grpc/rejection.h"
#include "tests/grpc/call_interceptor_test.h"
#include "tests/grpc/fake_batch.h"

namespace fusebox::internal {
namespace {

using std::chrono::seconds;

TEST_F(CallInterceptorTest, TheFirstBatchOfAnyKindDecides) {
  const std::set<Hook> kinds[] = {{Hook::PRE_SEND_INITIAL_METADATA},
                                  {Hook::PRE_RECV_MESSAGE},
                                  {Hook::PRE_SEND_MESSAGE},
                                  {Hook::PRE_RECV_INITIAL_METADATA},
                                  {}};
  for (const auto& hooks : kinds) {
    const auto call = NewCall(Type::kBidiStreaming);
    FakeBatch batch(hooks);
    call->Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
    EXPECT_EQ(totals().in_flight(), 1u);
  }
  EXPECT_EQ(totals().admitted, 5u);
  EXPECT_EQ(totals().abandoned, 5u);
}

TEST_F(CallInterceptorTest, TheStatusSettlesAndReleases) {
  const auto call = NewCall(Type::kUnary);
  Start(*call);
  clock_.Advance(seconds(2));
  Finish(*call, Ok());
  EXPECT_EQ(totals().successes, 1u);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallInterceptorTest, OkWithoutAMessageIsAFailureUnlessItEndsAStream) {
  for (const Type type : {Type::kUnary, Type::kClientStreaming,
                          Type::kServerStreaming, Type::kBidiStreaming}) {
    const auto call = NewCall(type);
    Start(*call);
    FakeBatch batch({Hook::POST_RECV_STATUS, Hook::POST_RECV_MESSAGE});
    call->Intercept(&batch);
    EXPECT_EQ(totals().failures, type == Type::kUnary ? 1u : 2u);
  }
  EXPECT_EQ(totals().successes, 2u);
}

TEST_F(CallInterceptorTest, AnInvalidStatusCodeIsAFailure) {
  for (const int code : {-1, 17, 999, INT_MAX, INT_MIN}) {
    const auto call = NewCall(Type::kUnary);
    Start(*call);
    Finish(*call, {static_cast<grpc::StatusCode>(code), ""});
  }
  EXPECT_EQ(totals().failures, 5u);
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

TEST_F(CallInterceptorTest, AnAnsweredCallEndsWithOkIfTheAnswerIsDelivered) {
  ForceOpen();
  for (const bool delivers : {true, false}) {
    CallInterceptor call(one_.use(), one_.binding, clock_, RpcFacts(),
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

TEST_F(CallInterceptorTest, AnExpiredDeadlineBelowTheMinimumIsIgnored) {
  using std::chrono::minutes;
  Policy ten_minutes;
  ten_minutes.min_deadline = minutes(10);
  const struct {
    minutes budget;
    Policy policy;
    grpc::StatusCode code;
    Outcome outcome;
  } kRows[] = {
      {minutes(-1), {}, grpc::StatusCode::DEADLINE_EXCEEDED, Outcome::kIgnored},
      {minutes(-1), {}, grpc::StatusCode::UNAVAILABLE, Outcome::kFailure},
      {minutes(9), ten_minutes, grpc::StatusCode::DEADLINE_EXCEEDED,
       Outcome::kIgnored},
      {minutes(11), ten_minutes, grpc::StatusCode::DEADLINE_EXCEEDED,
       Outcome::kFailure},
  };
  for (const auto& row : kRows) {
    OneMethod one(row.policy, clock_);
    CallInterceptor call(
        one.use(), one.binding, clock_,
        RpcFacts{Type::kUnary, std::chrono::system_clock::now() + row.budget});
    Start(call);
    Finish(call, {row.code, ""});
    const TotalsReading totals = one.breaker().TakeSnapshot().totals;
    EXPECT_EQ(totals.ignored, row.outcome == Outcome::kIgnored ? 1u : 0u);
    EXPECT_EQ(totals.failures, row.outcome == Outcome::kFailure ? 1u : 0u);
  }
}

}  // namespace
}  // namespace fusebox::internal
