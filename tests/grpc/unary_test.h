// unary_test.h: a fixture with a breaker, a scripted server and one unary API.
//
// Every test of this fixture runs through each API, in-process and over TCP.

#ifndef FUSEBOX_TESTS_GRPC_UNARY_TEST_H_
#define FUSEBOX_TESTS_GRPC_UNARY_TEST_H_

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "fusebox/core/breaker.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/testing/scripted_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {

class UnaryTest
    : public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  // Replaces the channel and its breakers by new ones with this config.
  void Use(const Config& config) {
    guarded_.emplace(server_, std::get<1>(GetParam()), config);
  }

  void SetUp() override { Use(Config()); }

  Seen Call(grpc::ClientContext* context) {
    return flavour().Call(guarded_->channel(), context);
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

  const Flavour& flavour() const { return std::get<0>(GetParam()); }
  Breaker& breaker() { return guarded_->breaker(kSay); }
  Snapshot Now() { return guarded_->Now(kSay); }
  State state() { return Now().state; }
  void ExpectNothingHeld() { guarded_->ExpectNothingHeld(kSay); }
  ManualClock& clock() { return guarded_->clock(); }

  ScriptedServer server_;
  std::optional<GuardedChannel> guarded_;
};

inline std::string UnaryTestName(
    const testing::TestParamInfo<UnaryTest::ParamType>& info) {
  return std::string(std::get<0>(info.param).name) +
         Name(std::get<1>(info.param));
}

// Each test file instantiates its own suite with this macro.
#define FUSEBOX_FOR_EACH_UNARY_API(Suite)                           \
  INSTANTIATE_TEST_SUITE_P(                                         \
      EachApi, Suite,                                               \
      testing::Combine(                                             \
          testing::ValuesIn(FlavoursOf(Shape::kUnary)),             \
          testing::Values(Transport::kInProcess, Transport::kTcp)), \
      UnaryTestName)

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_UNARY_TEST_H_
