// What settles a stream, how long it holds its slot, and what its end counts
// as.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"
#include "tests/grpc/turnstile.h"

namespace fusebox {
namespace {

using grpc::StatusCode;
using std::chrono::seconds;

const grpc::Status kDown(StatusCode::UNAVAILABLE, "down");

class StreamTest
    : public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  void SetUp() override { Use(Policy()); }
  void Use(const Policy& policy) {
    Config config;
    config.default_policy = policy;
    guarded_.emplace(server_, std::get<1>(GetParam()), config);
  }

  // Makes a call. It calls `midway` between two operations of the application:
  // after the first reply was read or, in a client stream, after the first
  // request was written.
  Seen Call(std::function<void()> midway = nullptr) {
    grpc::ClientContext context;
    Plan plan;
    plan.midway = std::move(midway);
    return flavour().Call(guarded_->channel(), &context, plan);
  }
  // The server breaks the stream after `midway` has returned. In the callback
  // API, a status that directly follows the first message may be reported
  // before it.
  Seen CallThatBreaks(
      std::function<void()> midway = [] {},
      const grpc::Status& status = kDown) {
    server_.Enqueue(EchoReply::SilentAfter(1));
    Turnstile passed;
    Seen seen;
    std::thread call([&] {
      seen = Call([&] {
        midway();
        passed.Pass();
      });
    });
    passed.Await(1);
    server_.WaitForSilence(++silences_);
    server_.EndSilence(status);
    call.join();
    EXPECT_EQ(seen.replies.size(), 1u);
    EXPECT_EQ(seen.status.error_code(), status.error_code());
    return seen;
  }

  const Flavour& flavour() const { return std::get<0>(GetParam()); }
  const char* method() const { return flavour().method(); }
  Breaker& breaker() { return guarded_->breaker(method()); }
  Snapshot Now() { return guarded_->Now(method()); }
  TotalsReading Totals() { return Now().totals; }
  State state() { return Now().state; }

  EchoServer server_;
  size_t silences_ = 0;
  std::optional<GuardedChannel> guarded_;
};

std::vector<Flavour> ReadingFlavours() {
  auto flavours = FlavoursOf(Shape::kServerStream);
  for (const Flavour& flavour : FlavoursOf(Shape::kBidi)) {
    flavours.push_back(flavour);
  }
  return flavours;
}
std::vector<Flavour> StreamFlavours() {
  auto flavours = ReadingFlavours();
  for (const Flavour& flavour : FlavoursOf(Shape::kClientStream)) {
    flavours.push_back(flavour);
  }
  return flavours;
}

std::string RowName(const testing::TestParamInfo<StreamTest::ParamType>& row) {
  return std::string(std::get<0>(row.param).name) +
         Name(std::get<1>(row.param));
}

const auto kTransports =
    testing::Values(Transport::kInProcess, Transport::kTcp);

// --- Streams that have a stream of replies.

using StreamVerdictTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Each, StreamVerdictTest,
                         testing::Combine(testing::ValuesIn(ReadingFlavours()),
                                          kTransports),
                         RowName);

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
  guarded_->ExpectNothingHeld(method());
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
  guarded_->ExpectNothingHeld(method());
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
  guarded_->ExpectNothingHeld(method());
}

TEST_P(StreamVerdictTest, ABrokenStreamIsCountedSeparately) {
  for (int i = 0; i < 6; ++i) CallThatBreaks();
  EXPECT_EQ(Totals().successes, 6u);
  EXPECT_EQ(Totals().failures, 0u);
  EXPECT_EQ(Totals().broken_streams, 6u);
  EXPECT_EQ(Now().consecutive_failures, 0u);
  EXPECT_EQ(state(), State::kClosed);
  guarded_->ExpectNothingHeld(method());
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
  Use(CountBrokenStreams(3));
  server_.Respond(EchoReply::SilentAfter(1));
  Turnstile midway;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      EXPECT_EQ(Call([&] { midway.Pass(); }).status.error_message(), "down");
    });
  }
  midway.Await(3);
  EXPECT_EQ(state(), State::kClosed);
  server_.WaitForSilence(3);
  server_.EndSilence(kDown);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_EQ(Now().opened_by.failures, 3u);
  EXPECT_EQ(Totals().broken_streams, 3u);
  EXPECT_EQ(Totals().successes, 3u);
  EXPECT_EQ(Totals().failures, 0u);  // each stream has only one verdict
  guarded_->ExpectNothingHeld(method());
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
  guarded_->ExpectNothingHeld(method());
}

TEST_P(StreamVerdictTest, AStreamThatBreaksWhileOpenChangesNothing) {
  Use(CountBrokenStreams(1));
  std::optional<TimePoint> until;
  CallThatBreaks([&] {
    guarded_->Open(method());
    until = Now().open_until;
    guarded_->clock().Advance(seconds(10));
  });
  EXPECT_EQ(state(), State::kOpen);
  EXPECT_EQ(Now().open_until, until);
  EXPECT_EQ(Totals().broken_streams, 1u);
}

TEST_P(StreamVerdictTest, AStreamThatBreaksWhileHalfOpenFailsNoProbe) {
  Use(CountBrokenStreams(1));
  Admission probe;
  CallThatBreaks([&] {
    guarded_->OpenAndWait(method());
    probe = breaker().Acquire();
  });
  EXPECT_EQ(state(), State::kHalfOpen);
  EXPECT_EQ(Totals().broken_streams, 1u);
  probe.permit.Settle({Outcome::kSuccess});
  EXPECT_EQ(state(), State::kClosed);
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
  guarded_->ExpectNothingHeld(method());
}

// A watch that has received its first message keeps its slot in HALF_OPEN until
// its lease expires.
TEST_P(StreamVerdictTest, ASettledProbeHoldsItsSlotNoLongerThanItsLease) {
  Policy policy;
  policy.half_open.successes_to_close = 2;
  Use(policy);
  guarded_->OpenAndWait(method());
  server_.Enqueue(EchoReply::SilentAfter(1));
  Turnstile midway;
  std::thread watch(
      [&] { EXPECT_TRUE(Call([&] { midway.Pass(); }).status.ok()); });
  midway.Await(1);
  EXPECT_EQ(state(), State::kHalfOpen);
  EXPECT_EQ(Now().probe_successes, 1u);
  EXPECT_EQ(GetRejection(Call().status)->reason, RejectionReason::kProbesBusy);
  guarded_->clock().Advance(seconds(30));
  EXPECT_TRUE(Call().status.ok());
  EXPECT_EQ(state(), State::kClosed);
  EXPECT_EQ(Totals().in_flight(), 1u);
  server_.WaitForSilence(1);
  server_.EndSilence(grpc::Status::OK);
  watch.join();
  guarded_->ExpectNothingHeld(method());
}

using ClientStreamVerdictTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(
    Each, ClientStreamVerdictTest,
    testing::Combine(testing::ValuesIn(FlavoursOf(Shape::kClientStream)),
                     kTransports),
    RowName);

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
    guarded_->ExpectNothingHeld(method());
  }
}

// --- All streams.

using AnyStreamTest = StreamTest;
INSTANTIATE_TEST_SUITE_P(Each, AnyStreamTest,
                         testing::Combine(testing::ValuesIn(StreamFlavours()),
                                          kTransports),
                         RowName);

TEST_P(AnyStreamTest, ACircuitThatOpensDoesNotCutARunningStream) {
  Seen plain;
  {
    grpc::ClientContext context;
    plain = flavour().Call(Connect(server_, std::get<1>(GetParam())), &context);
  }
  const Seen seen = Call([&] {
    guarded_->Open(method());
    breaker().SetOperatorMode(Mode::kForcedOpen);
  });
  EXPECT_EQ(seen, plain);
  EXPECT_TRUE(seen.status.ok());
  EXPECT_TRUE(IsRejection(Call().status));
  EXPECT_EQ(server_.calls(), 2u);
  guarded_->ExpectNothingHeld(method());
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
    guarded_->ExpectNothingHeld(method());
  }
}

TEST_P(AnyStreamTest, DryRunLetsStreamsPassAndCountsThem) {
  Policy policy;
  policy.mode = Mode::kDryRun;
  Use(policy);
  guarded_->Open(method());
  EXPECT_TRUE(Call().status.ok());
  EXPECT_EQ(Totals().not_enforced[size_t(RejectionReason::kOpen)], 1u);
  EXPECT_EQ(state(), State::kOpen);
  guarded_->ExpectNothingHeld(method());
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
  EXPECT_EQ(
      flavour().Call(guarded_->channel(), &context, plan).status.error_code(),
      StatusCode::CANCELLED);
  EXPECT_EQ(Totals().failures, 0u);
  EXPECT_EQ(Totals().broken_streams, 0u);

  server_.Enqueue(EchoReply::Fail({StatusCode::CANCELLED, "by the server"}));
  EXPECT_EQ(Call().status.error_message(), "by the server");
  EXPECT_EQ(Totals().failures, 1u);
  guarded_->ExpectNothingHeld(method());
}

TEST_P(AnyStreamTest, ADeadlineShorterThanThePolicysMinimumIsIgnored) {
  Policy policy;
  policy.min_deadline = seconds(5);
  Use(policy);
  server_.Respond(EchoReply::SilentAfter(0));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(5));
  EXPECT_EQ(flavour().Call(guarded_->channel(), &context).status.error_code(),
            StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().failures, 0u);
  guarded_->ExpectNothingHeld(method());
}

TEST_P(AnyStreamTest, ARejectedStreamHasTheCodeOfThePolicy) {
  Policy policy;
  policy.mode = Mode::kForcedOpen;
  policy.rejection_code = absl::StatusCode::kAborted;
  Use(policy);
  const Seen seen = Call();
  EXPECT_EQ(seen.status.error_code(), StatusCode::ABORTED);
  EXPECT_TRUE(IsRejection(seen.status));
  EXPECT_EQ(seen.trailers.at("fusebox-rejection"), "FORCED_OPEN");
  EXPECT_EQ(server_.calls(), 0u);
}

}  // namespace
}  // namespace fusebox
