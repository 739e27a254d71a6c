// The limits that docs/limits.md and docs/configuration.md name, and what helps.

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "fusebox/testing/scripted_server.h"
#include "fusebox/testing/tcp_gate.h"
#include "tests/base/signal.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/other_interceptors.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using grpc::StatusCode;
using test::Echo;
using test::Text;

constexpr char kSay[] = "/fusebox.test.Echo/Say";

auto In(std::chrono::milliseconds time) {
  return std::chrono::system_clock::now() + time;
}

// A channel through a gate, with breakers of a manual clock.
class Gated {
 public:
  explicit Gated(const Config& config, const std::string& service_config = "") {
    Registry::Options options;
    options.clock = &clock_;
    registry_ = *Registry::Create(config, options);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    if (!service_config.empty()) {
      arguments.SetServiceConfigJSON(service_config);
    }
    channel_ =
        CreateCustomChannel(gate_.address(), grpc::InsecureChannelCredentials(),
                            arguments, registry_);
  }

  // Makes a call. A deadline of 0 means none.
  grpc::Status Say(std::chrono::milliseconds deadline = 0ms) {
    grpc::ClientContext context;
    if (deadline != 0ms) context.set_deadline(In(deadline));
    Text reply;
    return Echo::NewStub(channel_)->Say(&context, Text(), &reply);
  }

  // Makes five calls whose deadline is over before the channel is connected,
  // and one that may be rejected.
  void CallTooEarly() {
    gate_.Hold();
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(Say(5ms).error_code(), StatusCode::DEADLINE_EXCEEDED);
    }
    EXPECT_FALSE(Say(5ms).ok());
    gate_.Pass();
    EXPECT_TRUE(channel_->WaitForConnected(In(60s)));
  }

  TotalsReading Totals() {
    return registry_->FindBreaker(gate_.address(), kSay)->TakeSnapshot().totals;
  }

  ManualClock clock_;
  ScriptedServer server_;
  TcpGate gate_{server_.address()};
  std::shared_ptr<Registry> registry_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST(SlowFirstConnection, OpensACircuitThatStaysOpenThoughTheServerIsThere) {
  Gated gated{Config()};
  gated.CallTooEarly();
  EXPECT_TRUE(IsRejection(gated.Say()));
  gated.clock_.Advance(59s);
  EXPECT_TRUE(IsRejection(gated.Say()));
  gated.clock_.Advance(1s);
  EXPECT_TRUE(gated.Say().ok());
}

TEST(SlowFirstConnection, EndsTheOpeningIfThePolicySaysSo) {
  Config config;
  config.default_policy.half_open.early_on_reconnect = true;
  Gated gated(config);
  gated.CallTooEarly();
  EXPECT_TRUE(gated.Say().ok());
}

TEST(SlowFirstConnection, CostsASecondUnderResponsive) {
  Config config;
  config.default_policy = Policy::Responsive();
  config.default_policy.open_backoff->jitter = 0;
  Gated gated(config);
  gated.CallTooEarly();
  EXPECT_TRUE(IsRejection(gated.Say()));
  gated.clock_.Advance(1s);
  EXPECT_TRUE(gated.Say().ok());
}

TEST(SlowFirstConnection, IsIgnoredBelowTheMinDeadline) {
  Config config;
  config.default_policy.min_deadline = 10ms;
  Gated gated(config);
  gated.CallTooEarly();
  EXPECT_TRUE(gated.Say().ok());
  EXPECT_EQ(gated.Totals().ignored, 6u);
}

// gRPC applies the timeout below its interceptors: the context has no deadline.
TEST(ServiceConfig, ItsTimeoutIsNoDeadlineForMinDeadline) {
  Config config;
  config.default_policy.min_deadline = 10s;
  Gated gated(config,
              R"({"methodConfig": [{"name": [{}], "timeout": "0.02s"}]})");
  gated.server_.Respond(ScriptedReply::Hang());
  EXPECT_TRUE(gated.channel_->WaitForConnected(In(60s)));
  EXPECT_EQ(gated.Say().error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(gated.Totals().failures, 1u);
  EXPECT_EQ(gated.Say(10ms).error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(gated.Totals().ignored, 1u);
}

Config ForcedOpen() {
  Config config;
  config.default_policy.mode = Mode::kForcedOpen;
  return config;
}

TEST(RejectedCall, DoesNotWakeAnIdleChannel) {
  Gated gated(ForcedOpen());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(IsRejection(gated.Say()));
  EXPECT_EQ(gated.channel_->GetState(false), GRPC_CHANNEL_IDLE);
  EXPECT_EQ(gated.gate_.connections(), 0u);
}

// Tells when a call without a method arrives, and answers no call.
class NamelessCalls final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() == "/") {
      seen.Happen();
    } else {
      ++others;
    }
    return CallbackGenericService::CreateReactor(context);
  }

  Signal seen;
  std::atomic<int> others{0};
};

// Whichever interceptor answers, the in-process transport has made the stream
// already, and the server must end it.
TEST(RejectedCall, ReachesAnInProcessServerAsACallWithoutAMethod) {
  NamelessCalls service;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&service);
  const auto server = builder.BuildAndStart();
  const auto call = [&](OtherFactory factory) {
    const auto channel =
        server->experimental().InProcessChannelWithInterceptors(
            {}, List(std::move(factory)));
    grpc::ClientContext context;
    Text reply;
    return Echo::NewStub(channel)->Say(&context, Text(), &reply);
  };
  const auto registry = *Registry::Create(ForcedOpen());
  EXPECT_TRUE(IsRejection(
      call(std::make_unique<CircuitBreakerInterceptorFactory>(registry))));
  service.seen.Wait(1);
  const bool on = true;
  EXPECT_TRUE(call(Answers("by an interceptor", &on)).ok());
  service.seen.Wait(2);
  EXPECT_EQ(service.others, 0);
}

// A stream of the callback API that tells when it is over.
class Stream final : public grpc::ClientBidiReactor<Text, Text> {
 public:
  Stream(const std::shared_ptr<grpc::Channel>& channel, bool hold)
      : stub_(Echo::NewStub(channel)) {
    stub_->async()->Chat(&context_, this);
    if (hold) AddHold();
    StartCall();
  }

  void OnReadDone(bool) override { read.Happen(); }
  void OnDone(const grpc::Status&) override {
    is_over = true;
    over.Happen();
  }

  Signal read;
  Signal over;
  std::atomic<bool> is_over{false};
  Text text;

 private:
  const std::unique_ptr<Echo::Stub> stub_;
  grpc::ClientContext context_;
};

// An operation that is started after the end uses a stream that is gone.
TEST(RejectedStream, IsOverBeforeItsFirstOperationUnlessItIsHeld) {
  Gated gated(ForcedOpen());
  Stream loose(gated.channel_, false);
  loose.over.Wait();

  Stream held(gated.channel_, true);
  held.StartRead(&held.text);
  held.read.Wait();
  EXPECT_FALSE(held.is_over);
  held.RemoveHold();
  held.over.Wait();
}

}  // namespace
}  // namespace fusebox
