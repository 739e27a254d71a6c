// Endings that only unary calls have. ending_test.cc covers the others.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "tests/grpc/unary_test.h"

namespace fusebox {
namespace {

using std::chrono::seconds;

class UnaryEndingTest : public UnaryTest {
 protected:
  // Makes a call that the application cancels when the server has received it.
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

TEST_P(UnaryEndingTest, AProbeThatHangsFailsWhenItsLeaseExpires) {
  guarded_->OpenAndWait(kSay);
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
  EXPECT_EQ(Call().reply(), "1");
  EXPECT_EQ(state(), State::kClosed);
  ExpectNothingHeld();
}

TEST_P(UnaryEndingTest, OwnCancellationIsNotAFailureWhateverTheCodeLists) {
  Config config;
  config.default_policy.failure_codes = {absl::StatusCode::kCancelled};
  Use(config);
  CallAndCancel();
  EXPECT_EQ(Now().totals.ignored, 1u);
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::CANCELLED));
  Call();
  EXPECT_EQ(Now().totals.failures, 1u);
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

}  // namespace
}  // namespace fusebox
