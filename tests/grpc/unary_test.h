// unary_test.h: a breaker, a scripted server and one of gRPC's unary APIs.
//
// Every test of this fixture runs through each API, in-process and over TCP.

#ifndef FUSEBOX_TESTS_GRPC_UNARY_TEST_H_
#define FUSEBOX_TESTS_GRPC_UNARY_TEST_H_

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "fusebox/core/breaker.h"
#include "fusebox/grpc/channel.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "fusebox/testing/scripted_server.h"
#include "tests/grpc/unary_apis.h"

namespace fusebox {

enum class Transport { kInProcess, kTcp };

class UnaryTest
    : public testing::TestWithParam<std::tuple<NamedUnaryApi, Transport>> {
 protected:
  // With these settings, on a channel and breakers of its own.
  void Use(const Config& config) {
    Registry::Options options;
    options.clock = &clock_;
    registry_ = Registry::Create(config, options).value();
    if (std::get<1>(GetParam()) == Transport::kTcp) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      target_ = server_.address();
      channel_ = CreateChannel(target_, grpc::InsecureChannelCredentials(),
                               arguments, registry_);
    } else {
      target_ = "in-process";
      ScriptedServer::InterceptorFactories factories;
      factories.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
          registry_, target_));
      channel_ = server_.InProcessChannel(std::move(factories));
    }
  }

  void SetUp() override { Use(Config()); }

  Seen Call(grpc::ClientContext* context) {
    return api().call(channel_, context);
  }
  Seen Call() {
    grpc::ClientContext context;
    return Call(&context);
  }

  void FailTimes(int times) {
    server_.Respond(
        ScriptedReply::Error(grpc::StatusCode::UNAVAILABLE, "out of order"));
    for (int i = 0; i < times; ++i) {
      EXPECT_EQ(Call().status.error_message(), "out of order");
    }
  }

  const NamedUnaryApi& api() const { return std::get<0>(GetParam()); }
  Breaker& breaker() { return registry_->Find(target_, kSay)->breaker(); }
  Snapshot Now() { return breaker().TakeSnapshot(); }
  State state() { return Now().state; }

  // Every call that was let in is over and gave back what it held.
  void ExpectNothingHeld() {
    const TotalsReading totals = Now().totals;
    EXPECT_EQ(totals.admitted, totals.ended);
    EXPECT_EQ(totals.admitted,
              totals.successes + totals.failures + totals.ignored);
    EXPECT_EQ(Now().probes_in_flight, 0u);
  }

  ManualClock clock_;
  ScriptedServer server_;
  std::shared_ptr<Registry> registry_;
  std::string target_;
  std::shared_ptr<grpc::Channel> channel_;
};

inline std::string UnaryTestName(
    const testing::TestParamInfo<UnaryTest::ParamType>& info) {
  return std::string(std::get<0>(info.param).name) +
         (std::get<1>(info.param) == Transport::kTcp ? "OverTcp" : "InProcess");
}

// For each file of tests, under a name of its own.
#define FUSEBOX_FOR_EACH_UNARY_API(Suite)                           \
  INSTANTIATE_TEST_SUITE_P(                                         \
      EachApi, Suite,                                               \
      testing::Combine(                                             \
          testing::ValuesIn(kUnaryApis),                            \
          testing::Values(Transport::kInProcess, Transport::kTcp)), \
      UnaryTestName)

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_UNARY_TEST_H_
