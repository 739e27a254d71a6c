// Breakers with the features that gRPC implements below the interceptors:
// retries, hedging, compression and waiting for a server. However many attempts
// are sent, the breaker counts what the application sees.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {
namespace {

using grpc::StatusCode;

class CoreFeaturesTest : public testing::TestWithParam<Flavour> {
 protected:
  void ReconnectWith(const std::string& service_config) {
    guarded_.arguments.SetServiceConfigJSON(service_config);
    guarded_.Reconnect(server_);
  }
  Seen Call(grpc::ClientContext* context) {
    return GetParam().Call(guarded_.channel(), context);
  }
  Seen Call() {
    grpc::ClientContext context;
    return Call(&context);
  }
  TotalsReading Totals() { return guarded_.Totals(GetParam().method()); }
  void ExpectCounted(uint64_t successes, uint64_t failures) {
    EXPECT_EQ(Totals().successes, successes);
    EXPECT_EQ(Totals().failures, failures);
    EXPECT_EQ(Totals().admitted, successes + failures);
    guarded_.ExpectNothingHeld(GetParam().method());
  }

  EchoServer server_;
  GuardedChannel guarded_{server_, Transport::kTcp};
};
INSTANTIATE_TEST_SUITE_P(Each, CoreFeaturesTest, testing::ValuesIn(Flavours()),
                         [](const auto& row) { return row.param.name; });

const grpc::Status kDown(StatusCode::UNAVAILABLE, "down");

// Retries are tested with calls that send one request and then only receive. If
// a stream writes while gRPC 1.51 retries it, it may never end, with or without
// interceptors.
class RetriesTest : public CoreFeaturesTest {};
std::vector<Flavour> OneRequestFlavours() {
  auto flavours = FlavoursOf(Shape::kUnary);
  for (const Flavour& flavour : FlavoursOf(Shape::kServerStream)) {
    flavours.push_back(flavour);
  }
  return flavours;
}
INSTANTIATE_TEST_SUITE_P(Each, RetriesTest,
                         testing::ValuesIn(OneRequestFlavours()),
                         [](const auto& row) { return row.param.name; });

constexpr char kRetries[] = R"({"methodConfig": [{
    "name": [{}],
    "retryPolicy": {"maxAttempts": 3, "initialBackoff": "0.001s",
                    "maxBackoff": "0.001s", "backoffMultiplier": 1,
                    "retryableStatusCodes": ["UNAVAILABLE"]}}]})";

TEST_P(RetriesTest, ACallThatSucceedsAfterRetriesIsOneSuccess) {
  ReconnectWith(kRetries);
  for (int i = 0; i < 2; ++i) server_.Enqueue(EchoReply::Fail(kDown));
  EXPECT_TRUE(Call().status.ok());
  EXPECT_EQ(server_.calls(), 3u);
  ExpectCounted(1, 0);
}

TEST_P(RetriesTest, ACallWhoseRetriesFailIsOneFailure) {
  ReconnectWith(kRetries);
  server_.Respond(EchoReply::Fail(kDown));
  EXPECT_EQ(Call().status.error_message(), "down");
  EXPECT_EQ(server_.calls(), 3u);
  ExpectCounted(0, 1);
}

// gRPC's retries do not see a rejection.
TEST_P(RetriesTest, ARejectionIsNotRetried) {
  ReconnectWith(kRetries);
  guarded_.Open(GetParam().method());
  EXPECT_EQ(Call().status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_.calls(), 0u);
  EXPECT_EQ(Totals().rejected_in_all(), 1u);
}

// The service config enables hedging if gRPC supports it. In either case a call
// has one outcome.
TEST_P(RetriesTest, AHedgedCallHasOneOutcome) {
  guarded_.arguments.SetInt("grpc.experimental.enable_hedging", 1);
  ReconnectWith(R"({"methodConfig": [{
      "name": [{}],
      "hedgingPolicy": {"maxAttempts": 3, "hedgingDelay": "0.001s",
                        "nonFatalStatusCodes": ["UNAVAILABLE"]}}]})");
  EXPECT_TRUE(Call().status.ok());
  ExpectCounted(1, 0);
  server_.Respond(EchoReply::Fail({StatusCode::INTERNAL, "broken"}));
  EXPECT_EQ(Call().status.error_message(), "broken");
  ExpectCounted(1, 1);
}

TEST_P(CoreFeaturesTest, ACompressedCallIsCountedLikeAnyOther) {
  for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::ClientContext context;
    context.set_compression_algorithm(algorithm);
    const Seen seen = Call(&context);
    EXPECT_TRUE(seen.status.ok());
    EXPECT_THAT(seen.replies, testing::Not(testing::IsEmpty()));
  }
  ExpectCounted(2, 0);
}

// Waiting takes time, so this uses only one flavour of each API and shape.
using WaitForReadyTest = CoreFeaturesTest;
std::vector<Flavour> PlainFlavours() {
  std::vector<Flavour> plain;
  for (const Flavour& flavour : Flavours()) {
    if (flavour.how == 0) plain.push_back(flavour);
  }
  return plain;
}
INSTANTIATE_TEST_SUITE_P(Each, WaitForReadyTest,
                         testing::ValuesIn(PlainFlavours()),
                         [](const auto& row) { return row.param.name; });

TEST_P(WaitForReadyTest, ACallThatWaitsForReadyInVainIsAFailure) {
  const std::string nobody = "127.0.0.1:1";
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(400));
  InterceptorFactories factories;
  factories.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
      guarded_.registry(), guarded_.target()));
  const auto channel = grpc::experimental::CreateCustomChannelWithInterceptors(
      nobody, grpc::InsecureChannelCredentials(), {}, std::move(factories));
  EXPECT_EQ(GetParam().Call(channel, &context).status.error_code(),
            StatusCode::DEADLINE_EXCEEDED);
  ExpectCounted(0, 1);
}

}  // namespace
}  // namespace fusebox
