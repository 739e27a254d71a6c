// Breakers with the features that gRPC implements below the interceptors:
// retries, hedging, compression and waiting for a server. However many attempts
// are sent, the breaker counts what the application sees.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

using grpc::StatusCode;

class CoreFeaturesTest : public FlavourFixture {
 protected:
  void ReconnectWith(const std::string& service_config) {
    guarded_->arguments.SetServiceConfigJSON(service_config);
    guarded_->Reconnect(server_);
  }
  void ExpectCounted(uint64_t successes, uint64_t failures) {
    EXPECT_EQ(Totals().successes, successes);
    EXPECT_EQ(Totals().failures, failures);
    EXPECT_EQ(Totals().admitted, successes + failures);
    ExpectNothingHeld();
  }
};

auto OverTcp(const std::vector<Flavour>& flavours) {
  return testing::Combine(testing::ValuesIn(flavours),
                          testing::Values(Transport::kTcp));
}
INSTANTIATE_TEST_SUITE_P(Each, CoreFeaturesTest, OverTcp(Flavours()),
                         RowName());

const grpc::Status kDown(StatusCode::UNAVAILABLE, "down");

// Retries are tested with calls that send one request and then only receive. If
// a stream writes while gRPC 1.51 retries it, it may never end, with or without
// interceptors.
using RetriesTest = CoreFeaturesTest;
INSTANTIATE_TEST_SUITE_P(Each, RetriesTest,
                         OverTcp(FlavoursThat([](const Flavour& flavour) {
                           return flavour.shape == Shape::kUnary ||
                                  flavour.shape == Shape::kServerStream;
                         })),
                         RowName());

// With a backoff of a millisecond, gRPC 1.83 itself hangs (grpc_faults.cc).
constexpr char kRetries[] = R"({"methodConfig": [{
    "name": [{}],
    "retryPolicy": {"maxAttempts": 3, "initialBackoff": "0.02s",
                    "maxBackoff": "0.02s", "backoffMultiplier": 1,
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
  guarded_->Open(method());
  EXPECT_EQ(Call().status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_.calls(), 0u);
  EXPECT_EQ(Totals().rejected_in_all(), 1u);
}

// The service config enables hedging if gRPC supports it. In either case a call
// has one outcome.
TEST_P(RetriesTest, AHedgedCallHasOneOutcome) {
  guarded_->arguments.SetInt("grpc.experimental.enable_hedging", 1);
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
INSTANTIATE_TEST_SUITE_P(Each, WaitForReadyTest,
                         OverTcp(FlavoursThat([](const Flavour& flavour) {
                           return flavour.how == 0;
                         })),
                         RowName());

TEST_P(WaitForReadyTest, ACallThatWaitsForReadyInVainIsAFailure) {
  const std::string nobody = "127.0.0.1:1";
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(400));
  InterceptorFactories factories;
  factories.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
      guarded_->registry(), guarded_->target()));
  const auto channel = grpc::experimental::CreateCustomChannelWithInterceptors(
      nobody, grpc::InsecureChannelCredentials(), {}, std::move(factories));
  EXPECT_EQ(flavour().Call(channel, &context).status.error_code(),
            StatusCode::DEADLINE_EXCEEDED);
  ExpectCounted(0, 1);
}

}  // namespace
}  // namespace fusebox
