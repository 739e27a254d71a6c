// Breakers together with third-party interceptors that answer or repeat calls.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <tuple>
#include <utility>

#include "fusebox/grpc/rejection.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavour_fixture.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"
#include "tests/grpc/other_interceptors.h"

namespace fusebox {
namespace {

class OthersTest
    : public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  GuardedChannel Guard(InterceptorFactories before, InterceptorFactories after,
                       const Config& config = Config()) {
    return GuardedChannel(server_, std::get<1>(GetParam()), config,
                          std::move(before), std::move(after));
  }
  static Seen Call(const GuardedChannel& guarded) {
    grpc::ClientContext context;
    return std::get<0>(GetParam()).Call(guarded.channel(), &context);
  }
  void FailTimes(int times) {
    for (int i = 0; i < times; ++i) {
      server_.Enqueue(
          EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "out of order"}));
    }
  }

  bool cached_ = true;
  EchoServer server_;
};
// The other interceptors need a Text, so that no generic flavour is used.
INSTANTIATE_TEST_SUITE_P(Each, OthersTest,
                         OnBothTransports(TypedUnaryFlavours()), RowName());

TEST_P(OthersTest, ACacheBeforeTheBreakerTakesNoPermit) {
  GuardedChannel guarded = Guard(List(Answers("cached", &cached_)), {});
  EXPECT_EQ(Call(guarded).reply(), "cached");
  EXPECT_EQ(guarded.Totals(kSay).admitted, 0u);

  guarded.OpenAndWait(kSay);
  EXPECT_EQ(Call(guarded).reply(), "cached");
  EXPECT_EQ(guarded.Now(kSay).state, State::kOpen);  // no probe was used up
  EXPECT_EQ(guarded.Totals(kSay).rejected_in_all(), 0u);

  cached_ = false;
  EXPECT_EQ(Call(guarded).reply(), "1");
  EXPECT_EQ(guarded.Now(kSay).state, State::kClosed);
  EXPECT_EQ(server_.calls(), 1u);
  guarded.ExpectNothingHeld(kSay);
}

TEST_P(OthersTest, TheAnswerOfACacheAfterTheBreakerIsTheOutcome) {
  GuardedChannel guarded = Guard({}, List(Answers("cached", &cached_)));
  EXPECT_EQ(Call(guarded).reply(), "cached");
  EXPECT_EQ(guarded.Totals(kSay).successes, 1u);

  guarded.Open(kSay);
  EXPECT_TRUE(IsRejection(Call(guarded).status));
  guarded.clock().Advance(std::chrono::seconds(60));
  EXPECT_EQ(Call(guarded).reply(), "cached");
  EXPECT_EQ(guarded.Now(kSay).state, State::kClosed);
  EXPECT_EQ(server_.calls(), 0u);
  guarded.ExpectNothingHeld(kSay);
}

TEST_P(OthersTest, ABreakerAfterARetrierJudgesEachAttempt) {
  GuardedChannel guarded = Guard(List(Retries(3)), {});
  FailTimes(2);
  EXPECT_EQ(Call(guarded).reply(), "1");
  EXPECT_EQ(server_.calls(), 3u);
  EXPECT_EQ(guarded.Totals(kSay).failures, 2u);
  EXPECT_EQ(guarded.Totals(kSay).successes, 1u);
  guarded.ExpectNothingHeld(kSay);
}

TEST_P(OthersTest, AnOpenBreakerAfterARetrierRejectsEachAttempt) {
  GuardedChannel guarded = Guard(List(Retries(8)), {});
  FailTimes(8);
  EXPECT_TRUE(IsRejection(Call(guarded).status));
  EXPECT_EQ(server_.calls(), 5u);
  EXPECT_EQ(guarded.Totals(kSay).failures, 5u);
  EXPECT_EQ(guarded.Totals(kSay).rejected_in_all(), 3u);
  guarded.ExpectNothingHeld(kSay);
}

TEST_P(OthersTest, ABreakerBeforeARetrierJudgesTheLastAttempt) {
  GuardedChannel guarded = Guard({}, List(Retries(3)));
  FailTimes(2);
  EXPECT_EQ(Call(guarded).reply(), "1");
  EXPECT_EQ(server_.calls(), 3u);
  EXPECT_EQ(guarded.Totals(kSay).successes, 1u);
  FailTimes(3);
  EXPECT_EQ(Call(guarded).status.error_message(), "out of order");
  EXPECT_EQ(guarded.Totals(kSay).failures, 1u);
  guarded.ExpectNothingHeld(kSay);
}

}  // namespace
}  // namespace fusebox
