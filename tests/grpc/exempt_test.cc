// A service that is exempt from circuit breaking, on real calls. A circuit
// would hide the state that its callers ask for.
// tests/policy/policy_table_test.cc tests which services are exempt.

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <tuple>

#include "fusebox/testing/scripted_server.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";

// Waits until `status`, whose address is the last operation's tag, is known.
void Await(grpc::CompletionQueue& queue, const grpc::Status* status) {
  void* tag = nullptr;
  for (bool ok; tag != status;) ASSERT_TRUE(queue.Next(&tag, &ok));
}

grpc::Status CallUnary(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  const grpc::Slice empty;
  const auto reader = grpc::GenericStub(channel).PrepareUnaryCall(
      &context, kHealthCheck, grpc::ByteBuffer(&empty, 1), &queue);
  reader->StartCall();
  grpc::ByteBuffer reply;
  grpc::Status status;
  reader->Finish(&reply, &status, &status);
  Await(queue, &status);
  return status;
}

grpc::Status CallStream(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_initial_metadata_corked(true);
  const auto stream =
      grpc::GenericStub(channel).PrepareCall(&context, kHealthCheck, &queue);
  stream->StartCall(nullptr);
  stream->WritesDone(nullptr);
  grpc::Status status;
  stream->Finish(&status, &status);
  Await(queue, &status);
  return status;
}

struct Caller {
  const char* name;
  grpc::Status (*call)(const std::shared_ptr<grpc::Channel>& channel);
};

class ExemptTest
    : public testing::TestWithParam<std::tuple<Caller, Transport>> {
 protected:
  static Config AllForcedOpen() {
    Config config;
    config.default_policy.mode = Mode::kForcedOpen;
    return config;
  }

  ScriptedServer server_;
  GuardedChannel guarded_{server_, std::get<1>(GetParam()), AllForcedOpen()};
};
INSTANTIATE_TEST_SUITE_P(
    Each, ExemptTest,
    testing::Combine(testing::Values(Caller{"Unary", &CallUnary},
                                     Caller{"Stream", &CallStream}),
                     BothTransports()),
    RowName());

TEST_P(ExemptTest, ExemptCallsPassWithoutABreakerAKeyOrAClassifier) {
  std::atomic<int> asked{0};
  guarded_.options.classifier = [&](const FinishedCall&) {
    ++asked;
    return std::nullopt;
  };
  guarded_.options.key = [](const CallInfo&) { return "tenant"; };
  guarded_.Reconnect(server_);
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE, "down"));
  for (size_t calls = 1; calls <= 6; ++calls) {
    EXPECT_EQ(std::get<0>(GetParam()).call(guarded_.channel()).error_message(),
              "down");
    EXPECT_EQ(server_.calls(), calls);
  }
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(guarded_.registry()->TakeSnapshot().empty());
}

}  // namespace
}  // namespace fusebox
