// Calls that end in odd ways give their permits back, in CLOSED and as probes.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <gtest/gtest.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <chrono>
#include <optional>
#include <thread>

#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/unary_test.h"

namespace fusebox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

class UnaryEndingTest : public UnaryTest {
 protected:
  // An opening that is over: the next call is the probe.
  void OpenAndWait() {
    FailTimes(5);
    clock().Advance(seconds(60));
  }

  // After whatever happened to the last probe, the circuit can still close.
  void ExpectTheNextProbeCloses() {
    ExpectNothingHeld();
    server_.Respond(ScriptedReply::Echo());
    EXPECT_EQ(Call().reply(), "1");
    EXPECT_EQ(state(), State::kClosed);
  }

  // A call that the app cancels once the server has it.
  grpc::Status CallAndCancel() {
    server_.Enqueue(ScriptedReply::Hang());
    grpc::ClientContext context;
    const size_t arrived = server_.calls() + 1;
    std::thread canceller([&] {
      server_.WaitForCalls(arrived);
      context.TryCancel();
    });
    const Seen seen = Call(&context);
    canceller.join();
    return seen.status;
  }
};
FUSEBOX_FOR_EACH_UNARY_API(UnaryEndingTest);

TEST_P(UnaryEndingTest, ACancelledCallIsIgnored) {
  EXPECT_EQ(CallAndCancel().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Now().totals.ignored, 1u);
  EXPECT_EQ(Now().totals.abandoned, 0u);
  ExpectNothingHeld();
}

TEST_P(UnaryEndingTest, ACancelledProbeGivesItsPlaceBack) {
  OpenAndWait();
  EXPECT_EQ(CallAndCancel().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(state(), State::kHalfOpen);
  ExpectTheNextProbeCloses();
}

TEST_P(UnaryEndingTest, AProbeThatHangsHasFailedWhenItsLeaseIsOver) {
  OpenAndWait();
  server_.Enqueue(ScriptedReply::Hang());
  const size_t arrived = server_.calls() + 1;
  grpc::ClientContext context;
  std::thread hung([&] {
    EXPECT_EQ(Call(&context).status.error_code(), grpc::StatusCode::CANCELLED);
  });
  server_.WaitForCalls(arrived);
  clock().Advance(seconds(30));
  EXPECT_EQ(GetRejection(Call().status)->reason, RejectionReason::kOpen);
  EXPECT_EQ(state(), State::kOpen);
  context.TryCancel();
  hung.join();
  EXPECT_EQ(state(), State::kOpen);
  clock().Advance(seconds(60));
  ExpectTheNextProbeCloses();
}

TEST_P(UnaryEndingTest, OwnCancellationIsNoFailureWhateverTheCodeLists) {
  Config config;
  config.default_policy.failure_codes = {absl::StatusCode::kCancelled};
  Use(config);
  CallAndCancel();
  EXPECT_EQ(Now().totals.ignored, 1u);
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::CANCELLED));
  Call();
  EXPECT_EQ(Now().totals.failures, 1u);
}

TEST_P(UnaryEndingTest, AContextCancelledBeforeTheCallIsPassedOnUnjudged) {
  OpenAndWait();
  const uint64_t admitted = Now().totals.admitted;
  for (int i = 0; i < 3; ++i) {
    grpc::ClientContext context;
    context.TryCancel();
    const Seen seen = Call(&context);
    EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_FALSE(GetRejection(seen.status));
  }
  EXPECT_EQ(Now().totals.admitted, admitted);
  EXPECT_EQ(state(), State::kOpen);  // no probe was spent
  ExpectTheNextProbeCloses();
}

TEST_P(UnaryEndingTest, ADeadlineThatPassesWhileTheServerHangsIsAFailure) {
  server_.Respond(ScriptedReply::Hang());
  for (int i = 0; i < 5; ++i) {
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() + milliseconds(20));
    EXPECT_EQ(Call(&context).status.error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  EXPECT_EQ(Now().totals.failures, 5u);
  EXPECT_EQ(state(), State::kOpen);
  ExpectNothingHeld();
}

TEST_P(UnaryEndingTest, ADeadlineThatHadPassedBeforeTheCallIsIgnored) {
  OpenAndWait();
  for (int i = 0; i < 3; ++i) {
    grpc::ClientContext context;
    context.set_deadline(system_clock::now() - seconds(1));
    EXPECT_EQ(Call(&context).status.error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  EXPECT_EQ(Now().totals.ignored, 3u);
  EXPECT_EQ(state(), State::kHalfOpen);
  ExpectTheNextProbeCloses();
}

TEST_P(UnaryEndingTest, TheContextMayOutliveTheChannelAndTheRegistry) {
  auto context = std::make_unique<grpc::ClientContext>();
  EXPECT_EQ(Call(context.get()).reply(), "1");
  auto rejected = std::make_unique<grpc::ClientContext>();
  breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_TRUE(IsRejection(Call(rejected.get()).status));
  guarded_->CloseChannel();
  guarded_->CloseRegistry();
  EXPECT_EQ(
      rejected->GetServerTrailingMetadata().find("fusebox-rejection")->second,
      "FORCED_OPEN");
}

// Calls of the CQ API that the app gives up without their Finish() tag.
class AbandonedCallTest : public UnaryEndingTest {
 protected:
  // Started, its initial metadata read, never finished.
  void CallWithoutFinish() {
    grpc::CompletionQueue queue;
    {
      grpc::ClientContext context;
      const auto reader = test::Echo::NewStub(guarded_->channel())
                              ->AsyncSay(&context, {}, &queue);
      reader->ReadInitialMetadata(this);
      context.TryCancel();  // else a silent server would keep the tag for ever
      void* tag;
      bool ok;
      ASSERT_TRUE(queue.Next(&tag, &ok));
      EXPECT_EQ(Now().totals.in_flight(), 1u);
    }
    queue.Shutdown();
  }

  // Started, but no operation on it: gRPC makes an interceptor and never
  // enters it, and leaks the call, with interceptors and without.
  void CallWithoutAnyOperation() {
#ifdef __SANITIZE_ADDRESS__
    const __lsan::ScopedDisabler grpc_leaks;
#endif
    grpc::CompletionQueue queue;
    {
      grpc::ClientContext context;
      const auto reader = test::Echo::NewStub(guarded_->channel())
                              ->AsyncSay(&context, {}, &queue);
    }
    queue.Shutdown();
  }
};
INSTANTIATE_TEST_SUITE_P(
    CompletionQueue, AbandonedCallTest,
    testing::Combine(testing::Values(FlavourNamed("AsyncUnary")),
                     testing::Values(Transport::kInProcess, Transport::kTcp)),
    UnaryTestName);

TEST_P(AbandonedCallTest, ACallThatIsNeverFinishedGivesItsPermitBack) {
  CallWithoutFinish();
  EXPECT_EQ(Now().totals.abandoned, 1u);
  EXPECT_EQ(Now().totals.ignored, 1u);
  ExpectNothingHeld();
}

TEST_P(AbandonedCallTest, AProbeThatIsNeverFinishedGivesItsPlaceBack) {
  OpenAndWait();
  CallWithoutFinish();
  EXPECT_EQ(state(), State::kHalfOpen);
  ExpectTheNextProbeCloses();
}

TEST_P(AbandonedCallTest, ACallThatNeverBeginsTakesNoPermit) {
  OpenAndWait();
  CallWithoutAnyOperation();
  EXPECT_EQ(Now().totals.abandoned, 0u);
  EXPECT_EQ(state(), State::kOpen);
  ExpectTheNextProbeCloses();
}

}  // namespace
}  // namespace fusebox
