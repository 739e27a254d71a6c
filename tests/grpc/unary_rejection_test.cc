// The states of a circuit as a unary client sees them, and how a call is
// rejected.

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/unary_test.h"

namespace fusebox {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class UnaryRejectionTest : public UnaryTest {};
FUSEBOX_FOR_EACH_UNARY_API(UnaryRejectionTest);

TEST_P(UnaryRejectionTest, ACallInClosedPassesUnchanged) {
  server_.Respond(ScriptedReply::Echo().WithTrailer("from", "server"));
  const Seen seen = Call();
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.reply(), "1");
  EXPECT_THAT(seen.trailers, ElementsAre(Pair("from", "server")));
  EXPECT_EQ(seen.completions, 1);
  EXPECT_EQ(server_.calls(), 1u);
  EXPECT_EQ(Now().totals.successes, 1u);
  ExpectNothingHeld();
}

TEST_P(UnaryRejectionTest, AFailureReachesTheAppAsTheServerSentIt) {
  server_.Respond(
      ScriptedReply::Error(grpc::StatusCode::INTERNAL, "broken", "some bytes")
          .WithTrailer("from", "server"));
  const Seen seen = Call();
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(seen.status.error_message(), "broken");
  EXPECT_EQ(seen.trailers.at("from"), "server");
  EXPECT_FALSE(GetRejection(seen.status));
  EXPECT_EQ(seen.completions, 1);
  EXPECT_EQ(Now().totals.failures, 1u);
  ExpectNothingHeld();
}

TEST_P(UnaryRejectionTest,
       FiveFailuresOpenTheCircuitAndTheSixthCallIsRejected) {
  FailTimes(5);
  EXPECT_EQ(state(), State::kOpen);
  clock().Advance(seconds(12));

  const Seen seen = Call();
  EXPECT_EQ(server_.calls(), 5u);
  EXPECT_EQ(seen.completions, 1);
  EXPECT_EQ(seen.reply(), "");
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(seen.status.error_message(),
              AllOf(HasSubstr(kSay), HasSubstr("OPEN"),
                    HasSubstr("5 consecutive failures"), HasSubstr("48s")));
  EXPECT_THAT(seen.trailers, ElementsAre(Pair("fusebox-rejection", "OPEN")));

  EXPECT_TRUE(IsRejection(seen.status));
  const auto rejection = GetRejection(seen.status);
  ASSERT_TRUE(rejection);
  EXPECT_EQ(rejection->reason, RejectionReason::kOpen);
  EXPECT_EQ(rejection->state, State::kOpen);
  EXPECT_EQ(rejection->method, kSay);
  EXPECT_EQ(rejection->target, guarded_->target());
  EXPECT_EQ(rejection->retry_after, seconds(48));
  EXPECT_TRUE(rejection->local);

  EXPECT_EQ(Now().totals.rejected_in_all(), 1u);
  EXPECT_EQ(Now().totals.failures, 5u);  // a rejection is not an outcome
  ExpectNothingHeld();
}

TEST_P(UnaryRejectionTest,
       TheFirstCallAfterOpenIsTheProbeThatClosesTheCircuit) {
  FailTimes(5);
  clock().Advance(seconds(60));
  server_.Respond(ScriptedReply::Echo());
  EXPECT_EQ(Call().reply(), "1");
  EXPECT_EQ(state(), State::kClosed);
  EXPECT_EQ(Call().reply(), "1");
  EXPECT_EQ(server_.calls(), 7u);
  ExpectNothingHeld();
}

TEST_P(UnaryRejectionTest, AFailedProbeOpensTheCircuitAgain) {
  FailTimes(5);
  clock().Advance(seconds(60));
  FailTimes(1);
  EXPECT_EQ(state(), State::kOpen);
  const Seen seen = Call();
  EXPECT_EQ(GetRejection(seen.status)->retry_after, seconds(60));
  EXPECT_THAT(seen.status.error_message(), HasSubstr("a probe failed"));
  EXPECT_EQ(server_.calls(), 6u);
  ExpectNothingHeld();
}

TEST_P(UnaryRejectionTest,
       WhileAProbeIsInFlightOtherCallsAreRejectedAsProbesBusy) {
  FailTimes(5);
  clock().Advance(seconds(60));
  Admission probe = breaker().Acquire();
  ASSERT_TRUE(probe);

  const Seen seen = Call();
  EXPECT_EQ(server_.calls(), 5u);
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(seen.status.error_message(),
              AllOf(HasSubstr(kSay), HasSubstr("HALF_OPEN"),
                    HasSubstr("5 consecutive failures")));
  EXPECT_THAT(seen.trailers,
              ElementsAre(Pair("fusebox-rejection", "PROBES_BUSY")));
  EXPECT_EQ(GetRejection(seen.status)->state, State::kHalfOpen);
  EXPECT_EQ(GetRejection(seen.status)->retry_after, seconds(0));
}

TEST_P(UnaryRejectionTest, ForcedOpenRejectsWithoutARetryAfter) {
  breaker().SetOperatorMode(Mode::kForcedOpen);
  const Seen seen = Call();
  EXPECT_EQ(server_.calls(), 0u);
  EXPECT_THAT(seen.status.error_message(),
              AllOf(HasSubstr(kSay), HasSubstr("FORCED_OPEN")));
  EXPECT_THAT(seen.trailers,
              ElementsAre(Pair("fusebox-rejection", "FORCED_OPEN")));
  EXPECT_EQ(GetRejection(seen.status)->reason, RejectionReason::kForcedOpen);
  EXPECT_EQ(GetRejection(seen.status)->retry_after, std::nullopt);
  if (guarded_->target() == server_.address()) {
    EXPECT_EQ(guarded_->channel()->GetState(false), GRPC_CHANNEL_IDLE);
  }
  breaker().SetOperatorMode(std::nullopt);
  EXPECT_EQ(Call().reply(), "1");
}

TEST_P(UnaryRejectionTest, TheRejectionHasTheCodeOfThePolicy) {
  Config config;
  config.default_policy.mode = Mode::kForcedOpen;
  config.default_policy.rejection_code = absl::StatusCode::kResourceExhausted;
  Use(config);
  const Seen seen = Call();
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(IsRejection(seen.status));
}

TEST_P(UnaryRejectionTest, DryRunLetsEveryCallPassAndCountsWhatItWouldReject) {
  Config config;
  config.default_policy.mode = Mode::kDryRun;
  Use(config);
  FailTimes(7);
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_EQ(server_.calls(), 7u);
  const TotalsReading totals = Now().totals;
  EXPECT_EQ(totals.not_enforced[size_t(RejectionReason::kOpen)], 2u);
  EXPECT_EQ(totals.rejected_in_all(), 0u);
  ExpectNothingHeld();
}

TEST_P(UnaryRejectionTest, WaitForReadyAndADeadlineDoNotChangeARejection) {
  breaker().SetOperatorMode(Mode::kForcedOpen);
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::hours(1));
  EXPECT_TRUE(IsRejection(Call(&context).status));
  EXPECT_EQ(server_.calls(), 0u);
}

}  // namespace
}  // namespace fusebox
