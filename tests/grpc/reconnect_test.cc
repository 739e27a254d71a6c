// Outages over TCP. Channels reconnect in time, and probes reach the server.
//
// The channels' own backoff is ten minutes. If a channel reconnects, it was
// nudged.

#include <gmock/gmock.h>
#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "fusebox/testing/scripted_server.h"
#include "fusebox/testing/tcp_gate.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/other_interceptors.h"

namespace fusebox {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

class ReconnectTest : public testing::Test {
 protected:
  ReconnectTest() { Use(Config()); }

  void Use(const Config& config, const InterceptorOptions& options = {}) {
    Registry::Options registry_options;
    registry_options.clock = &clock_;
    channel_ = nullptr;
    registry_ = Registry::Create(config, registry_options).value();
    listener_ = registry_->Subscribe([this](const Event& event) {
      if (event.type != EventType::kTransition) return;
      const Transition& transition = event.transition;
      told_.push_back(std::string(Name(transition.to)) + " " +
                      std::string(Name(transition.cause.reason)));
    });
    channel_ =
        CreateCustomChannel(gate_.address(), grpc::InsecureChannelCredentials(),
                            Patient(), registry_, options);
  }
  void UseEarly() {
    Config config;
    config.default_policy.half_open.early_on_reconnect = true;
    Use(config);
  }

  static grpc::ChannelArguments Patient() {
    constexpr int kTenMinutes = 600'000;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kTenMinutes);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kTenMinutes);
    return arguments;
  }

  InterceptorFactories OnlyFusebox() {
    InterceptorFactories factories;
    factories.push_back(
        std::make_unique<CircuitBreakerInterceptorFactory>(registry_));
    return factories;
  }

  grpc::Status Say(bool wait_for_ready = false) {
    grpc::ClientContext context;
    context.set_wait_for_ready(wait_for_ready);
    test::Text reply;
    return test::Echo::NewStub(channel_)->Say(&context, {}, &reply);
  }
  // Returns "OK", "failed", or the reason of the rejection.
  std::string Call() {
    const grpc::Status status = Say();
    if (status.ok()) return "OK";
    const auto rejection = GetRejection(status);
    return rejection ? std::string(Name(rejection->reason)) : "failed";
  }

  // Stops the server, opens the circuit for a minute, and waits until the
  // channel is in TRANSIENT_FAILURE.
  void LoseServer() {
    gate_.Refuse();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Call(), "failed");
    AwaitState(GRPC_CHANNEL_TRANSIENT_FAILURE);
  }

  void AwaitState(grpc_connectivity_state wanted) {
    const auto patience = std::chrono::system_clock::now() + seconds(60);
    for (auto state = channel_->GetState(false); state != wanted;
         state = channel_->GetState(false)) {
      ASSERT_TRUE(channel_->WaitForStateChange(state, patience))
          << "is in " << state << ", not in " << wanted;
    }
  }

  // Lets the channel connect, as gRPC does when its backoff is over. An attempt
  // that is under way may still fail. Then another one is necessary.
  void LetItConnect() {
    while (channel_->GetState(true) != GRPC_CHANNEL_READY) {
      grpc::experimental::ChannelResetConnectionBackoff(channel_.get());
      channel_->WaitForStateChange(
          GRPC_CHANNEL_TRANSIENT_FAILURE,
          std::chrono::system_clock::now() + std::chrono::milliseconds(50));
    }
  }

  // Call it after LoseServer().
  void ExpectANudgeBringsItBack() {
    gate_.Pass();
    clock_.Advance(seconds(59));
    EXPECT_EQ(Call(), "OPEN");
    AwaitState(GRPC_CHANNEL_READY);
    clock_.Advance(seconds(1));
    EXPECT_EQ(Call(), "OK");
    EXPECT_EQ(server_.calls(), 1u);
  }

  std::vector<std::string> Told() {
    registry_->WaitForListeners();
    return told_;
  }

  ManualClock clock_;
  ScriptedServer server_;
  TcpGate gate_{server_.address()};
  std::vector<std::string> told_;
  std::shared_ptr<Registry> registry_;
  Subscription listener_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ReconnectTest, ANudgeInTheLastSecondMakesTheProbeSucceed) {
  LoseServer();
  ExpectANudgeBringsItBack();
  EXPECT_THAT(Told(),
              ElementsAre("OPEN CONSECUTIVE_FAILURES", "HALF_OPEN OPEN_ELAPSED",
                          "CLOSED PROBE_SUCCEEDED"));
}

TEST_F(ReconnectTest, WithoutNudgesTheProbeFailsAlthoughTheServerIsBack) {
  InterceptorOptions options;
  options.reconnect_nudges = false;
  Use(Config(), options);
  LoseServer();
  gate_.Pass();
  clock_.Advance(seconds(59));
  EXPECT_EQ(Call(), "OPEN");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Call(), "failed");
  EXPECT_EQ(server_.calls(), 0u);
  EXPECT_EQ(channel_->GetState(false), GRPC_CHANNEL_TRANSIENT_FAILURE);
}

TEST_F(ReconnectTest, ACallThatCannotReachTheServerIsNotTheProbe) {
  LoseServer();
  clock_.Advance(seconds(60));
  gate_.Pass();
  const auto rejection = GetRejection(Say());
  ASSERT_TRUE(rejection);
  EXPECT_EQ(rejection->reason, RejectionReason::kReconnecting);
  EXPECT_EQ(rejection->state, State::kOpen);
  EXPECT_EQ(rejection->retry_after, seconds(1));
  AwaitState(GRPC_CHANNEL_READY);
  EXPECT_EQ(Call(), "OK");
  EXPECT_EQ(server_.calls(), 1u);
}

TEST_F(ReconnectTest, TheWaitForAServerThatStaysAwayLastsOneSecond) {
  LoseServer();
  for (int opening = 0; opening < 3; ++opening) {
    clock_.Advance(seconds(60));
    EXPECT_EQ(Call(), "RECONNECTING");
    clock_.Advance(std::chrono::milliseconds(999));
    EXPECT_EQ(Call(), "RECONNECTING");
    AwaitState(GRPC_CHANNEL_TRANSIENT_FAILURE);
    clock_.Advance(std::chrono::milliseconds(1));
    EXPECT_EQ(Call(), "failed");
    EXPECT_EQ(Call(), "OPEN");
  }
}

// An interceptor cannot see whether a call waits for the connection. The call
// is rejected during the second, and afterwards it is the probe.
TEST_F(ReconnectTest, AfterAResetTheNextCallsMeetTheServerThatIsBack) {
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    clock_.Advance(seconds(2));  // a channel is nudged once per second
    LoseServer();
    gate_.Pass();
    for (const auto& it : registry_->BreakersInUse()) it.breaker->Reset();
    EXPECT_EQ(Call(), "RECONNECTING");
    AwaitState(GRPC_CHANNEL_READY);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Call(), "OK");
  }
  EXPECT_EQ(server_.calls(), 5u * kRounds);
  EXPECT_EQ(Told().size(), 2u * kRounds) << "no reset was in vain";
}

TEST_F(ReconnectTest, ACallThatWaitsForTheConnectionIsTheProbeAfterTheSecond) {
  LoseServer();
  clock_.Advance(seconds(60));
  const auto rejection = GetRejection(Say(/*wait_for_ready=*/true));
  ASSERT_TRUE(rejection);
  EXPECT_EQ(rejection->reason, RejectionReason::kReconnecting);
  AwaitState(GRPC_CHANNEL_TRANSIENT_FAILURE);
  clock_.Advance(seconds(1));
  std::thread waits([&] { EXPECT_TRUE(Say(/*wait_for_ready=*/true).ok()); });
  gate_.Pass();
  LetItConnect();
  waits.join();
  EXPECT_EQ(server_.calls(), 1u);
}

TEST_F(ReconnectTest, ANudgeReachesTheChannelThroughThirdPartyInterceptors) {
  InterceptorFactories factories = List(Retries(1));
  factories.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
      registry_, gate_.address()));
  channel_ = grpc::experimental::CreateCustomChannelWithInterceptors(
      gate_.address(), grpc::InsecureChannelCredentials(), Patient(),
      std::move(factories));
  LoseServer();
  ExpectANudgeBringsItBack();
}

TEST_F(ReconnectTest, AnOpeningEndsEarlyWhenTheChannelIsReadyAgain) {
  UseEarly();
  LoseServer();
  EXPECT_EQ(Call(), "OPEN");
  gate_.Pass();
  LetItConnect();
  EXPECT_EQ(Call(), "OK");
  EXPECT_EQ(server_.calls(), 1u);
  EXPECT_THAT(Told(),
              ElementsAre("OPEN CONSECUTIVE_FAILURES", "HALF_OPEN RECONNECTED",
                          "CLOSED PROBE_SUCCEEDED"));
}

TEST_F(ReconnectTest, AServerThatKeepsAnsweringErrorsDoesNotEndAnOpeningEarly) {
  UseEarly();
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Call(), "failed");
  for (int i = 0; i < 59; ++i) {
    clock_.Advance(seconds(1));
    EXPECT_EQ(Call(), "OPEN");
  }
  EXPECT_EQ(channel_->GetState(false), GRPC_CHANNEL_READY);
}

// If one connection is reset, many calls fail in a row, but it recovers at
// once.
TEST_F(ReconnectTest, AResetConnectionWithManyCallsEndsItsOpeningEarly) {
  UseEarly();
  server_.Respond(ScriptedReply::Hang());
  std::vector<std::thread> calls;
  for (int i = 0; i < 5; ++i) {
    calls.emplace_back([&] { EXPECT_EQ(Call(), "failed"); });
  }
  server_.WaitForHung(5);
  gate_.ResetConnections();
  for (std::thread& call : calls) call.join();
  // Rarely, the channel has connected again by itself. Then it is reset again.
  while (channel_->GetState(false) != GRPC_CHANNEL_IDLE) {
    channel_->WaitForStateChange(GRPC_CHANNEL_READY,
                                 std::chrono::system_clock::now() + seconds(1));
    gate_.ResetConnections();
  }
  server_.Respond(ScriptedReply::Echo());
  EXPECT_EQ(Call(), "OPEN");  // wakes the channel
  AwaitState(GRPC_CHANNEL_READY);
  EXPECT_EQ(Call(), "OK");
}

// A lame channel cannot connect at all. Its calls fail before they reach the
// network.
TEST_F(ReconnectTest, ALameChannelCountsAsInTransientFailure) {
  Config config;
  config.default_policy.failure_codes = {absl::StatusCode::kInvalidArgument};
  Use(config);
  channel_ = grpc::experimental::CreateCustomChannelWithInterceptors(
      gate_.address(), nullptr, {}, OnlyFusebox());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Call(), "failed");
  clock_.Advance(seconds(60));
  EXPECT_EQ(Call(), "RECONNECTING");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Call(), "failed");
}

TEST_F(ReconnectTest, AnInProcessChannelHasNoConnectionToWaitFor) {
  Config config;
  config.default_policy.half_open.early_on_reconnect = true;
  Use(config);
  channel_ = server_.InProcessChannel(OnlyFusebox());
  server_.Respond(ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE));
  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Call(), "failed");
  clock_.Advance(seconds(59));
  EXPECT_EQ(Call(), "OPEN");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Call(), "failed");
  EXPECT_EQ(Call(), "OPEN");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace fusebox
