// The status of a call may come before its initial metadata. Only after both
// does the peer show where the status came from. These tests give an
// interceptor both in each order, without gRPC.

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/grpc/internal/channel_link.h"
#include "fusebox/grpc/internal/user_code.h"
#include "fusebox/registry/registry.h"
#include "tests/base/threads.h"
#include "tests/grpc/call_interceptor_test.h"

namespace fusebox::internal {
namespace {

using grpc::StatusCode;
using std::chrono::seconds;

class CallOriginTest : public CallInterceptorTest {
 protected:
  void Classify(Classifier classifier) {
    classifier_ =
        std::make_unique<SafeClassifier>(std::move(classifier), *registry_);
  }
  std::unique_ptr<CallInterceptor> Begin(
      Type type = Type::kBidiStreaming,
      std::unique_ptr<CallFallback> fallback = nullptr) {
    peer_.finished = false;
    auto call = std::make_unique<CallInterceptor>(
        one_.use(), one_.binding, clock_, RpcFacts{type}, classifier_.get(),
        ChannelLink(&nudger_, {}), std::move(fallback));
    Start(*call);
    return call;
  }
  static void ReceiveMetadata(CallInterceptor& call) {
    FakeBatch batch({Hook::POST_RECV_INITIAL_METADATA});
    call.Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }
  static void ReceiveStatus(CallInterceptor& call, StatusCode code) {
    FakeBatch batch({Hook::POST_RECV_STATUS});
    batch.status = grpc::Status(code, "");
    call.Intercept(&batch);
    EXPECT_TRUE(batch.proceeded());
  }

  FakePeer& peer_ = *new FakePeer;
  ChannelNudger nudger_{std::unique_ptr<ChannelAccess>(&peer_),
                        /*nudges=*/false};
  const std::shared_ptr<Registry> registry_ = Registry::Create();
  std::unique_ptr<SafeClassifier> classifier_;
};

TEST_F(CallOriginTest, AStatusOfTheServerCountsWhenItsPeerIsKnown) {
  const auto call = Begin();
  ReceiveStatus(*call, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(totals().ended, 0u);
  peer_.finished = true;
  ReceiveMetadata(*call);
  EXPECT_EQ(totals().failures, 1u);
  ReceiveMetadata(*call);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallOriginTest, ALocalStatusIsIgnoredInEitherOrder) {
  const auto first = Begin();
  ReceiveStatus(*first, StatusCode::UNAUTHENTICATED);
  ReceiveMetadata(*first);
  EXPECT_EQ(totals().ignored, 1u);
  const auto second = Begin();
  ReceiveMetadata(*second);
  ReceiveStatus(*second, StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(totals().ignored, 2u);
  EXPECT_EQ(totals().ended, 2u);
}

TEST_F(CallOriginTest, InitialMetadataMayComeWhileThePeerIsRead) {
  const auto call = Begin();
  peer_.meanwhile = [&] {
    peer_.finished = true;
    ReceiveMetadata(*call);
  };
  ReceiveStatus(*call, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(totals().failures, 1u);
  EXPECT_EQ(totals().ended, 1u);
}

TEST_F(CallOriginTest, APeerThatNamesAServerSettlesTheCallAtOnce) {
  const auto call = Begin();
  peer_.finished = true;
  ReceiveStatus(*call, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(totals().failures, 1u);
}

TEST_F(CallOriginTest, CodesThatDoNotDependOnTheOriginSettleTheCallAtOnce) {
  for (const auto code : {StatusCode::OK, StatusCode::UNAVAILABLE,
                          StatusCode::DEADLINE_EXCEEDED}) {
    const auto call = Begin();
    ReceiveStatus(*call, code);
    EXPECT_EQ(totals().in_flight(), 0u) << code;
  }
  EXPECT_EQ(peer_.readings, 2) << "for the addresses of two failures";
}

// When the call is destroyed, gRPC's call is gone, and so is its peer.
TEST_F(CallOriginTest, WithoutItsInitialMetadataACallIsSettledWhenDestroyed) {
  auto call = Begin();
  ReceiveStatus(*call, StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(totals().in_flight(), 1u);
  const int readings = peer_.readings;
  call.reset();
  EXPECT_EQ(peer_.readings, readings);
  EXPECT_EQ(totals().failures, 1u);
  EXPECT_EQ(totals().abandoned, 0u);
  EXPECT_EQ(totals().ended, 1u);
}

// Describes the classifier's view as text.
std::string Describe(const FinishedCall& call) {
  std::string text = call.status.error_message() + " " +
                     std::to_string(static_cast<int>(call.origin)) + " " +
                     std::to_string(call.duration / seconds(1)) + "s";
  for (const auto& [key, value] : call.trailers) {
    text += " " + std::string(key.data(), key.size()) + "=" +
            std::string(value.data(), value.size());
  }
  return text;
}

TEST_F(CallOriginTest, AClassifierSeesOnceWhatCameWithTheStatus) {
  std::vector<std::string> seen;
  Classify([&](const FinishedCall& call) {
    seen.push_back(Describe(call));
    EXPECT_TRUE(call.reply_missing);
    return std::nullopt;
  });
  for (const bool destroyed : {false, true}) {
    auto call = Begin(Type::kUnary);
    clock_.Advance(seconds(2));
    {
      std::string key = "shard-moved";
      std::string value = "to the second one";
      FakeBatch batch({Hook::POST_RECV_STATUS, Hook::POST_RECV_MESSAGE});
      batch.status = grpc::Status(StatusCode::OK, "why");
      batch.GetRecvTrailingMetadata()->emplace(key, value);
      batch.on_proceed = [&] { key = value = "gone"; };
      call->Intercept(&batch);
    }
    clock_.Advance(seconds(3));
    peer_.finished = true;
    EXPECT_THAT(seen, testing::IsEmpty());
    if (!destroyed) ReceiveMetadata(*call);
    call.reset();
    const Origin origin = destroyed ? Origin::kUnknown : Origin::kServer;
    EXPECT_THAT(seen, testing::ElementsAre(
                          "why " + std::to_string(static_cast<int>(origin)) +
                          " 2s shard-moved=to the second one"));
    seen.clear();
  }
  EXPECT_EQ(totals().failures, 2u);
}

// Writes down what it takes and keeps.
class Recorder final : public Answerer {
 public:
  explicit Recorder(std::string* record) : record_(*record) {}
  void Take(const void*) noexcept override { record_ += "taken "; }
  void Keep() noexcept override { record_ += "kept "; }

 private:
  std::string& record_;
};

TEST_F(CallOriginTest, AReplyIsTakenWithTheStatusAndKeptAfterTheVerdict) {
  std::optional<Outcome> outcome;
  Classify([&](const FinishedCall&) { return outcome; });
  for (const bool good : {true, false}) {
    if (!good) outcome = Outcome::kFailure;
    std::string record;
    const auto call = Begin(Type::kUnary, std::make_unique<Recorder>(&record));
    Finish(*call, Ok());
    EXPECT_EQ(record, "taken ");
    ReceiveMetadata(*call);
    EXPECT_EQ(record, good ? "taken kept " : "taken ");
  }
}

TEST_F(CallOriginTest, StatusAndInitialMetadataAtTheSameTimeSettleOnce) {
  for (uint64_t i = 1; i <= 2'000; ++i) {
    const auto call = Begin();
    Together({[&] { ReceiveStatus(*call, StatusCode::RESOURCE_EXHAUSTED); },
              [&] {
                peer_.finished = true;
                ReceiveMetadata(*call);
              }});
    ASSERT_EQ(totals().ended, i);
    ASSERT_EQ(totals().failures, i);
    one_.breaker().Reset();
  }
}

}  // namespace
}  // namespace fusebox::internal
