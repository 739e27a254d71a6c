// What settles a stream, what its end counts as, and how calls of every shape
// are rejected.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/grpc/rejection.h"
#include "tests/base/signal.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

using grpc::StatusCode;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const grpc::Status kDown(StatusCode::UNAVAILABLE, "down");

class StreamTest : public FlavourFixture {
 protected:
  using FlavourFixture::Call;

  // Makes a call. It calls `midway` between two operations of the application:
  // after the first reply was read or, in a client stream, after the first
  // request was written.
  Seen Call(std::function<void()> midway) {
    grpc::ClientContext context;
    Plan plan;
    plan.midway = std::move(midway);
    return Call(&context, plan);
  }
  // The server breaks the stream after `midway` has returned. In the callback
  // API, a status that directly follows the first message may be reported
  // before it.
  Seen CallThatBreaks(
      std::function<void()> midway = [] {},
      const grpc::Status& status = kDown) {
    server_.Enqueue(EchoReply::SilentAfter(1));
    Signal passed;
    Seen seen;
    std::thread call([&] {
      seen = Call([&] {
        midway();
        passed.Happen();
      });
    });
    passed.Wait();
    server_.WaitForSilence(++silences_);
    server_.EndSilence(status);
    call.join();
    EXPECT_EQ(seen.replies.size(), 1u);
    EXPECT_EQ(seen.status.error_code(), status.error_code());
    return seen;
  }

  size_t silences_ = 0;
};

// --- Streams that have a stream of replies.

using StreamVerdictTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(
    Each, StreamVerdictTest,
    OnBothTransports(FlavoursThat([](const Flavour& flavour) {
      return flavour.shape == Shape::kServerStream ||
             flavour.shape == Shape::kBidi;
    })),
    RowName());

TEST_P(StreamVerdictTest, TheFirstMessageSettlesAndTheEndReturnsTheSlot) {
  for (int i = 0; i < 4; ++i) {
    server_.Enqueue(EchoReply::Fail(kDown));
    Call();
  }
  EXPECT_EQ(Now().consecutive_failures, 4u);
  TotalsReading midway;
  uint32_t failures_midway = 0;
  EXPECT_TRUE(Call([&] {
                midway = Totals();
                failures_midway = Now().consecutive_failures;
              }).status.ok());
  EXPECT_EQ(midway.successes, 1u);
  EXPECT_EQ(midway.in_flight(), 1u);
  EXPECT_EQ(failures_midway, 0u);
  EXPECT_EQ(Totals().successes, 1u);
  ExpectNothingHeld();
}

TEST_P(StreamVerdictTest, UnderFinalStatusOnlyTheStatusSettles) {
  Policy policy;
  policy.stream_verdict = StreamVerdict::kFinalStatus;
  Use(policy);
  TotalsReading midway;
  EXPECT_TRUE(Call([&] { midway = Totals(); }).status.ok());
  EXPECT_EQ(midway.successes, 0u);
  EXPECT_EQ(midway.in_flight(), 1u);
  EXPECT_EQ(Totals().successes, 1u);
  for (int i = 0; i < 5; ++i) CallThatBreaks();
  EXPECT_EQ(Totals().failures, 5u);
  EXPECT_EQ(Totals().broken_streams, 0u);
  EXPECT_EQ(state(), State::kOpen);
  ExpectNothingHeld();
}

TEST_P(StreamVerdictTest, AStreamWithoutMessagesIsSettledByItsStatus) {
  server_.Enqueue(EchoReply::BreakAfter(0, grpc::Status::OK));
  EXPECT_TRUE(Call().status.ok());
  EXPECT_EQ(Totals().successes, 1u);
  server_.Respond(EchoReply::Fail(kDown));
  for (int i = 0; i < 5; ++i) Call();
  EXPECT_EQ(Totals().failures, 5u);
  EXPECT_EQ(Totals().broken_streams, 0u);
  EXPECT_TRUE(IsRejection(Call().status));
  ExpectNothingHeld();
}

TEST_P(StreamVerdictTest, ABrokenStreamIsCountedSeparately) {
  for (int i = 0; i < 6; ++i) CallThatBreaks();
  EXPECT_EQ(Totals().successes, 6u);
  EXPECT_EQ(Totals().failures, 0u);
  EXPECT_EQ(Totals().broken_streams, 6u);
  EXPECT_EQ(Now().consecutive_failures, 0u);
  EXPECT_EQ(state(), State::kClosed);
  ExpectNothingHeld();
}

TEST_P(StreamVerdictTest, ThePolicysCodeListsDecideWhatIsBroken) {
  Policy policy;
  policy.failure_codes = {absl::StatusCode::kNotFound};
  policy.ignored_codes = {absl::StatusCode::kInternal};
  Use(policy);
  for (const StatusCode code :
       {StatusCode::UNAVAILABLE, StatusCode::INTERNAL, StatusCode::NOT_FOUND}) {
    server_.Enqueue(EchoReply::Fail({code, ""}));
    EXPECT_EQ(Call().status.error_code(), code);
    CallThatBreaks([] {}, {code, ""});
  }
  EXPECT_EQ(Totals().successes, 4u);  // three first messages, and UNAVAILABLE
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().failures, 1u);
  EXPECT_EQ(Totals().broken_streams, 1u);  // NOT_FOUND
}

Policy CountBrokenStreams(uint32_t consecutive_failures) {
  Policy policy;
  policy.count_broken_streams = true;
  policy.consecutive_failures = consecutive_failures;
  return policy;
}

TEST_P(StreamVerdictTest, CountedBrokenStreamsOpenAClosedCircuit) {
  Use(CountBrokenStreams(1));
  State midway = State::kOpen;
  CallThatBreaks([&] { midway = state(); });
  EXPECT_EQ(midway, State::kClosed);
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_EQ(Totals().broken_streams, 1u);
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().failures, 0u);  // the stream has only one verdict
  ExpectNothingHeld();
}

TEST_P(StreamVerdictTest,
       ABrokenProbeCountsAsAFailureInTheCircuitThatItClosed) {
  Use(CountBrokenStreams(1));
  guarded_->OpenAndWait(method());
  State midway = State::kOpen;
  CallThatBreaks([&] { midway = state(); });
  EXPECT_EQ(midway, State::kClosed);
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_EQ(Now().openings, 1u);  // a new run of openings
  ExpectNothingHeld();
}

TEST_P(StreamVerdictTest, AStreamThatPassedInDryRunDoesNotCountWhenItBreaks) {
  Policy policy = CountBrokenStreams(1);
  policy.mode = Mode::kDryRun;
  Use(policy);
  guarded_->Open(method());
  CallThatBreaks([&] { breaker().Reset(); });
  EXPECT_EQ(state(), State::kClosed);
  EXPECT_EQ(Totals().not_enforced[size_t(RejectionReason::kOpen)], 1u);
  EXPECT_EQ(Totals().broken_streams, 1u);
  ExpectNothingHeld();
}

using ClientStreamVerdictTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Each, ClientStreamVerdictTest,
                         OnBothTransports(FlavoursOf(Shape::kClientStream)),
                         RowName());

TEST_P(ClientStreamVerdictTest, TheStatusSettlesUnderAnyPolicy) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    Policy policy = CountBrokenStreams(5);
    policy.stream_verdict = verdict;
    Use(policy);
    server_.Enqueue(EchoReply::BreakAfter(1, kDown));
    EXPECT_EQ(Call().status.error_message(), "down");
    EXPECT_EQ(Totals().failures, 1u);
    EXPECT_EQ(Totals().successes, 0u);
    EXPECT_EQ(Totals().broken_streams, 0u);
    ExpectNothingHeld();
  }
}

// --- All streams.

using AnyStreamTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(
    Each, AnyStreamTest,
    OnBothTransports(FlavoursThat([](const Flavour& flavour) {
      return flavour.shape != Shape::kUnary;
    })),
    RowName());

TEST_P(AnyStreamTest, ACircuitThatOpensDoesNotCutARunningStream) {
  Seen plain;
  {
    grpc::ClientContext context;
    plain = flavour().Call(Connect(server_, transport()), &context);
  }
  const Seen seen = Call([&] {
    guarded_->Open(method());
    breaker().SetOperatorMode(Mode::kForcedOpen);
  });
  EXPECT_EQ(seen, plain);
  EXPECT_TRUE(seen.status.ok());
  EXPECT_TRUE(IsRejection(Call().status));
  EXPECT_EQ(server_.calls(), 2u);
  ExpectNothingHeld();
}

TEST_P(AnyStreamTest, ASilentProbeLosesOnlyItsSlotWhenItsLeaseExpires) {
  for (const auto verdict :
       {StreamVerdict::kFirstMessage, StreamVerdict::kFinalStatus}) {
    Policy policy;
    policy.stream_verdict = verdict;
    Use(policy);
    guarded_->OpenAndWait(method());
    server_.Enqueue(EchoReply::SilentAfter(0));
    const size_t arrived = server_.calls() + 1;
    std::thread silent(
        [&] { EXPECT_EQ(Call().status.error_message(), "down"); });
    server_.WaitForCalls(arrived);
    EXPECT_EQ(GetRejection(Call().status)->reason,
              RejectionReason::kProbesBusy);
    guarded_->clock().Advance(seconds(30));
    EXPECT_TRUE(Call().status.ok());  // another probe
    EXPECT_EQ(state(), State::kClosed);
    EXPECT_EQ(Now().consecutive_failures, 0u);

    // Its end comes too late to count.
    server_.WaitForSilence(verdict == StreamVerdict::kFirstMessage ? 1 : 2);
    server_.EndSilence(kDown);
    silent.join();
    EXPECT_EQ(Totals().late, 1u);
    EXPECT_EQ(Now().consecutive_failures, 0u);
    EXPECT_EQ(state(), State::kClosed);
    ExpectNothingHeld();
  }
}

TEST_P(AnyStreamTest, OwnCancellationIsNotAFailureWhateverTheCodeLists) {
  Policy policy;
  policy.failure_codes = {absl::StatusCode::kCancelled};
  Use(policy);
  server_.Enqueue(EchoReply::SilentAfter(1));
  grpc::ClientContext context;
  Plan plan;
  plan.midway = [&] {
    server_.WaitForCalls(1);  // otherwise the next call would be the silent one
    context.TryCancel();
  };
  EXPECT_EQ(Call(&context, plan).status.error_code(), StatusCode::CANCELLED);
  EXPECT_EQ(Totals().failures, 0u);
  EXPECT_EQ(Totals().broken_streams, 0u);
  ExpectNothingHeld();
}

// --- All calls.

using AnyCallTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Each, AnyCallTest, OnBothTransports(Flavours()),
                         RowName());

TEST_P(AnyCallTest, DryRunLetsCallsPassAndCountsThem) {
  Policy policy;
  policy.mode = Mode::kDryRun;
  Use(policy);
  guarded_->Open(method());
  EXPECT_TRUE(Call().status.ok());
  EXPECT_EQ(Totals().not_enforced[size_t(RejectionReason::kOpen)], 1u);
  EXPECT_EQ(Totals().rejected_in_all(), 0u);
  EXPECT_EQ(state(), State::kOpen);
  ExpectNothingHeld();
}

TEST_P(AnyCallTest, ADeadlineShorterThanThePolicysMinimumIsIgnored) {
  Policy policy;
  policy.min_deadline = seconds(5);
  Use(policy);
  server_.Respond(EchoReply::SilentAfter(0));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(5));
  EXPECT_EQ(Call(&context).status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().failures, 0u);
  ExpectNothingHeld();
}

TEST_P(AnyCallTest, ARejectionSaysWhyAndHasTheCodeOfThePolicy) {
  const auto expect_rejected = [&](RejectionReason reason, State state,
                                   std::optional<Duration> retry_after) {
    const Seen seen = Call();
    EXPECT_EQ(seen.status.error_code(), StatusCode::ABORTED);
    EXPECT_THAT(seen.status.error_message(), HasSubstr(method()));
    EXPECT_THAT(seen.trailers,
                ElementsAre(Pair("fusebox-rejection", Name(reason))));
    const auto rejection = GetRejection(seen.status);
    ASSERT_TRUE(rejection);
    EXPECT_TRUE(rejection->local);
    EXPECT_EQ(rejection->reason, reason);
    EXPECT_EQ(rejection->state, state);
    EXPECT_EQ(rejection->retry_after, retry_after);
  };
  Policy policy;
  policy.rejection_code = absl::StatusCode::kAborted;
  Use(policy);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  expect_rejected(RejectionReason::kForcedOpen, State::kOpen, std::nullopt);
  breaker().SetOperatorMode(std::nullopt);
  guarded_->OpenAndWait(method());
  const Admission probe = breaker().Acquire();
  expect_rejected(RejectionReason::kProbesBusy, State::kHalfOpen, seconds(0));
  EXPECT_EQ(server_.calls(), 0u);
}

}  // namespace
}  // namespace fusebox
