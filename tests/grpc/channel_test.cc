// Channels and interceptor factories, and what they share.

#include "fusebox/grpc/channel.h"

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/version_info.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/status_traits.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "fusebox/testing/scripted_server.h"
#include "tests/base/threads.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/grpc_library.h"  // IWYU pragma: keep

namespace fusebox {
namespace {

grpc::Status Say(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  test::Text reply;
  return test::Echo::NewStub(channel)->Say(&context, {}, &reply);
}

std::shared_ptr<grpc::Channel> Connect(const ScriptedServer& server,
                                       std::shared_ptr<Registry> registry) {
  return CreateChannel(server.address(), grpc::InsecureChannelCredentials(),
                       std::move(registry));
}

const ScriptedReply kDown =
    ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE, "down");

TEST(Channel, SharesItsBreakersWithTheOtherChannelsToItsTarget) {
  ScriptedServer dead;
  ScriptedServer alive;
  dead.Respond(kDown);
  const auto registry = Registry::Create();
  const auto to_dead = Connect(dead, registry);
  for (int i = 0; i < 5; ++i) Say(to_dead);
  EXPECT_TRUE(IsRejection(Say(to_dead)));
  EXPECT_TRUE(IsRejection(Say(Connect(dead, registry))));
  EXPECT_TRUE(Say(Connect(alive, registry)).ok());
}

TEST(Channel, APortWithoutAServerOpensTheCircuit) {
  std::string address;
  {
    ScriptedServer gone;
    address = gone.address();
  }
  const auto channel = CreateChannel(
      address, grpc::InsecureChannelCredentials(), Registry::Create());
  for (int i = 0; i < 5; ++i) {
    const grpc::Status status = Say(channel);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_FALSE(IsRejection(status));
  }
  EXPECT_TRUE(IsRejection(Say(channel)));
}

TEST(Channel,
     CallsOfManyThreadsReturnTheirPermitsAndTheServerSeesTheAdmittedOnes) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 500;
  ScriptedServer server;
  ManualClock clock;
  Registry::Options options;
  options.clock = &clock;
  const auto registry = Registry::Create(Config(), options).value();
  ScriptedServer::InterceptorFactories factories;
  factories.push_back(
      std::make_unique<CircuitBreakerInterceptorFactory>(registry));
  const auto channel = server.InProcessChannel(std::move(factories));
  std::atomic<uint64_t> rejected{0};
  OnThreads(kThreads, [&](int t) {
    for (int i = 0; i < kCalls; ++i) {
      if (i % 50 == 0) {
        server.Respond(i / 50 % 2 == t % 2 ? kDown : ScriptedReply::Echo());
      }
      if (i % 20 == 0) clock.Advance(std::chrono::seconds(25));
      if (IsRejection(Say(channel))) ++rejected;
    }
  });
  const TotalsReading totals =
      registry->FindBreaker("", kSay)->TakeSnapshot().totals;
  EXPECT_EQ(totals.admitted, totals.ended);
  EXPECT_EQ(totals.admitted, server.calls());
  EXPECT_EQ(totals.rejected_in_all(), rejected);
  EXPECT_EQ(totals.admitted + rejected, uint64_t{kThreads * kCalls});
  EXPECT_GT(rejected, 0u);
}

// Credentials of a user's own that know nothing of interceptors: gRPC makes no
// channel with them.
class OwnCredentials final : public grpc::ChannelCredentials {
#if GRPC_CPP_VERSION_MAJOR == 1 && GRPC_CPP_VERSION_MINOR < 64
  grpc::SecureChannelCredentials* AsSecureCredentials() override {
    return nullptr;
  }
#else
 public:
  OwnCredentials() : grpc::ChannelCredentials(nullptr) {}

 private:
#endif
  // Older versions of gRPC return null unless a class overrides this.
  std::shared_ptr<grpc::Channel> CreateChannelWithInterceptors(
      const std::string&, const grpc::ChannelArguments&,
      std::vector<std::unique_ptr<
          grpc::experimental::ClientInterceptorFactoryInterface>>) override {
    return nullptr;
  }
  std::shared_ptr<grpc::Channel> CreateChannelImpl(
      const std::string& target,
      const grpc::ChannelArguments& arguments) override {
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                     arguments);
  }
};

// Such a channel is there, and each way to call on it ends with the reason.
void ExpectNoCalls(const std::shared_ptr<grpc::Channel>& channel,
                   const std::string& reason) {
  ASSERT_NE(channel, nullptr);
  for (const Flavour& flavour : Flavours()) {
    grpc::ClientContext context;
    const Seen seen = flavour.Call(channel, &context);
    EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << flavour;
    EXPECT_EQ(seen.status.error_message(),
              "fusebox::CreateChannel(): " + reason)
        << flavour;
  }
}

TEST(Channel, SaysWhyThereIsNone) {
  const auto registry = Registry::Create();
  ExpectNoCalls(
      CreateChannel("localhost:1", std::make_shared<OwnCredentials>(),
                    registry),
      "credentials: their class must override CreateChannelWithInterceptors()");
  EXPECT_TRUE(registry->TakeSnapshot().empty());
  ExpectNoCalls(CreateCustomChannel("localhost:1", nullptr, {}, registry),
                "credentials: must not be null");
  ExpectNoCalls(
      CreateChannel("localhost:1", grpc::InsecureChannelCredentials(), nullptr),
      "registry: must not be null");
}

TEST(StatusTraits, CallJudgesAGrpcStatus) {
  const auto breaker = Breaker::Create("dentist", Settings());
  const auto fail = [] {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "closed on Fridays");
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Call(*breaker, fail).error_message(), "closed on Fridays");
  }
  const grpc::Status rejection = Call(*breaker, fail);
  EXPECT_EQ(rejection.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(rejection.error_message(),
              testing::HasSubstr("circuit breaker for dentist is OPEN"));
}

}  // namespace
}  // namespace fusebox
