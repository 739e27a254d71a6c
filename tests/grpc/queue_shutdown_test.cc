// Completion queues that are shut down while operations of a call are pending.

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/async_unary_call.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/driver.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

using test::Echo;
using test::Text;

class QueueShutdownTest
    : public testing::TestWithParam<std::tuple<Shape, Transport>> {
 protected:
  QueueShutdownTest()
      : method_(FlavoursOf(std::get<0>(GetParam()))[0].method()),
        guarded_(server_, std::get<1>(GetParam())) {}

  // Starts a call with as many pending operations as possible, shuts the queue
  // down, calls `then`, and takes the events.
  template <typename Then>
  void CallAndShutDown(Then then) {
    grpc::CompletionQueue queue;
    const auto stub = Echo::NewStub(guarded_.channel());
    std::shared_ptr<void> call;  // keeps the call alive
    Text reply;
    int pending = 0;
    const auto tag = [&] { return reinterpret_cast<void*>(++pending); };
    const auto finish = [&](auto stream) {
      stream->Finish(&status_, tag());
      call = std::move(stream);
    };
    switch (std::get<0>(GetParam())) {
      case Shape::kUnary: {
        auto reader = stub->AsyncSay(&context_, Request<Text>(1), &queue);
        reader->Finish(&reply, &status_, tag());
        call = std::move(reader);
        break;
      }
      case Shape::kClientStream:
        finish(stub->AsyncCollect(&context_, &reply, &queue, tag()));
        break;
      case Shape::kServerStream: {
        auto stream =
            stub->AsyncRepeat(&context_, Request<Text>(1), &queue, tag());
        stream->Read(&reply, tag());
        finish(std::move(stream));
        break;
      }
      case Shape::kBidi: {
        auto stream = stub->AsyncChat(&context_, &queue, tag());
        stream->Read(&reply, tag());
        finish(std::move(stream));
        break;
      }
    }
    queue.Shutdown();
    then();
    void* got;
    bool ok;
    for (; queue.Next(&got, &ok); --pending) {
    }
    EXPECT_EQ(pending, 0);
  }

  TotalsReading Totals() { return guarded_.Totals(method_); }

  EchoServer server_;
  const char* const method_;
  GuardedChannel guarded_;
  grpc::ClientContext context_;
  grpc::Status status_;
};
INSTANTIATE_TEST_SUITE_P(
    Each, QueueShutdownTest,
    testing::Combine(testing::Values(Shape::kUnary, Shape::kClientStream,
                                     Shape::kServerStream, Shape::kBidi),
                     BothTransports()),
    [](const auto& row) {
      return FlavoursOf(std::get<0>(row.param))[0].name +
             std::string(Name(std::get<1>(row.param)));
    });

TEST_P(QueueShutdownTest, ACancelledPendingCallIsIgnored) {
  server_.Respond(EchoReply::SilentAfter(0));
  CallAndShutDown([&] {
    server_.WaitForCalls(1);
    context_.TryCancel();
  });
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().abandoned, 0u);
  guarded_.ExpectNothingHeld(method_);
}

TEST_P(QueueShutdownTest, APendingProbeDecides) {
  guarded_.OpenAndWait(method_);
  server_.Respond(EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "down"}));
  CallAndShutDown([] {});
  EXPECT_EQ(status_.error_message(), "down");
  EXPECT_EQ(guarded_.Now(method_).state, State::kOpen);
  EXPECT_EQ(Totals().failures, 6u);
  guarded_.ExpectNothingHeld(method_);
}

TEST_P(QueueShutdownTest, ARejectedCallCompletesItsOperations) {
  guarded_.Open(method_);
  CallAndShutDown([] {});
  EXPECT_TRUE(IsRejection(status_));
  EXPECT_EQ(server_.calls(), 0u);
}

}  // namespace
}  // namespace fusebox
