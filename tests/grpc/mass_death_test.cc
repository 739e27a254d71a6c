// A thousand long-lived streams die at once. By default this does not change
// the circuit. If broken streams count, as many of them as the trip rule
// requires open the circuit once, and the others change nothing.

#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_callback.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/scripted_server.h"
#include "fusebox/testing/tcp_gate.h"
#include "tests/base/signal.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavours.h"

namespace fusebox {
namespace {

constexpr int kStreams = 1'000;

// A stream that has received a message and waits for the next one.
class Watch final : public grpc::ClientReadReactor<test::Text> {
 public:
  Watch(test::Echo::Stub* stub, Signal* first_messages, Signal* ends)
      : first_messages_(*first_messages), ends_(*ends) {
    stub->async()->Repeat(&context_, &request_, this);
    StartRead(&reply_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    first_messages_.Happen();
    StartRead(&reply_);
  }
  void OnDone(const grpc::Status& status) override {
    status_ = status;
    ends_.Happen();
  }
  const grpc::Status& status() const { return status_; }

 private:
  grpc::ClientContext context_;
  const test::Text request_;
  test::Text reply_;
  grpc::Status status_;
  Signal& first_messages_;
  Signal& ends_;
};

class MassDeathTest : public testing::Test {
 protected:
  void Connect(bool count_broken_streams) {
    Config config;
    config.default_policy.count_broken_streams = count_broken_streams;
    registry_ = Registry::Create(config).value();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = test::Echo::NewStub(
        CreateCustomChannel(gate_.address(), grpc::InsecureChannelCredentials(),
                            arguments, registry_));
  }

  // Starts all streams and lets each receive a message. Then resets their
  // connection.
  void LiveAndDie() {
    server_.Respond(ScriptedReply::Echo().HangAfter(1));
    Signal first_messages;
    Signal ends;
    for (int i = 0; i < kStreams; ++i) {
      watches_.push_back(
          std::make_unique<Watch>(stub_.get(), &first_messages, &ends));
    }
    first_messages.Wait(kStreams);
    EXPECT_EQ(Now().state, State::kClosed);
    EXPECT_EQ(Now().totals.successes, uint64_t{kStreams});
    EXPECT_EQ(Now().totals.in_flight(), uint64_t{kStreams});
    gate_.ResetConnections();
    ends.Wait(kStreams);
    for (const auto& watch : watches_) {
      EXPECT_EQ(watch->status().error_code(), grpc::StatusCode::UNAVAILABLE);
    }
    const TotalsReading totals = Now().totals;
    EXPECT_EQ(totals.broken_streams, uint64_t{kStreams});
    EXPECT_EQ(totals.successes, uint64_t{kStreams});
    EXPECT_EQ(totals.failures, 0u);
    EXPECT_EQ(totals.ignored, 0u);
    EXPECT_EQ(totals.admitted, totals.ended);
  }
  Snapshot Now() {
    return registry_->FindBreaker(gate_.address(), kRepeat)->TakeSnapshot();
  }
  grpc::Status OneMore() {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    server_.Respond(ScriptedReply::Echo());
    test::Text reply;
    const auto stream = stub_->Repeat(&context, {});
    while (stream->Read(&reply)) {
    }
    return stream->Finish();
  }

  ScriptedServer server_;
  TcpGate gate_{server_.address()};
  std::shared_ptr<Registry> registry_;
  std::unique_ptr<test::Echo::Stub> stub_;
  std::vector<std::unique_ptr<Watch>> watches_;
};

TEST_F(MassDeathTest, OfAThousandStreamsOpensNothingByDefault) {
  Connect(/*count_broken_streams=*/false);
  LiveAndDie();
  EXPECT_EQ(Now().state, State::kClosed);
  EXPECT_EQ(Now().generation, 1u);
  EXPECT_EQ(Now().consecutive_failures, 0u);
  EXPECT_FALSE(IsRejection(OneMore()));
}

TEST_F(MassDeathTest,
       OfAThousandStreamsOpensTheCircuitOnceIfBrokenStreamsCount) {
  Connect(/*count_broken_streams=*/true);
  LiveAndDie();
  EXPECT_EQ(Now().state, State::kOpen);
  EXPECT_EQ(Now().generation, 2u);
  EXPECT_EQ(Now().openings, 1u);
  EXPECT_EQ(Now().opened_by.reason, TransitionReason::kConsecutiveFailures);
  EXPECT_EQ(Now().opened_by.failures, 5u);
  EXPECT_TRUE(IsRejection(OneMore()));
}

}  // namespace
}  // namespace fusebox
