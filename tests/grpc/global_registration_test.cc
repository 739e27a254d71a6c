// A factory that is registered for the whole process. gRPC allows this only
// once, so it needs its own test binary. Plain channels then have breakers,
// even channels that are older than the registration.

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <tuple>
#include <vector>

#include "fusebox/core/snapshot.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/manual_clock.h"
#include "fusebox/testing/tcp_gate.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavour_fixture.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {
namespace {

ManualClock& GlobalClock() {
  static ManualClock& clock = *new ManualClock;
  return clock;
}

const std::shared_ptr<Registry>& GlobalRegistry() {
  static const auto& registry = *new std::shared_ptr<Registry>([] {
    Registry::Options options;
    options.clock = &GlobalClock();
    auto created = Registry::Create(Config(), options).value();
    // gRPC neither frees nor unregisters the factory.
    grpc::experimental::RegisterGlobalClientInterceptorFactory(
        new CircuitBreakerInterceptorFactory(created));
    return created;
  }());
  return registry;
}

class GlobalRegistrationTest
    : public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  GlobalRegistrationTest()
      : plain_channel_(
            std::get<1>(GetParam()) == Transport::kInProcess
                ? server_.InProcessChannel({})
                : grpc::CreateChannel(server_.address(),
                                      grpc::InsecureChannelCredentials())),
        breaker_(*GlobalRegistry()->FindBreaker("", flavour().method())) {
    breaker_.Reset();
  }
  ~GlobalRegistrationTest() override { breaker_.SetOperatorMode(std::nullopt); }

  Seen Call() {
    grpc::ClientContext context;
    return flavour().Call(plain_channel_, &context);
  }
  const Flavour& flavour() const { return std::get<0>(GetParam()); }

  EchoServer server_;
  const std::shared_ptr<grpc::Channel> plain_channel_;
  Breaker& breaker_;  // the factory is registered after the channel is made
};
INSTANTIATE_TEST_SUITE_P(Each, GlobalRegistrationTest,
                         OnBothTransports(Flavours()), RowName());

TEST_P(GlobalRegistrationTest, AnOlderPlainChannelHasItsBreaker) {
  const uint64_t successes = breaker_.TakeSnapshot().totals.successes;
  EXPECT_TRUE(Call().status.ok());
  EXPECT_EQ(breaker_.TakeSnapshot().totals.successes, successes + 1);

  server_.Respond(EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "down"}));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Call().status.error_message(), "down");
  const Seen seen = Call();
  EXPECT_TRUE(IsRejection(seen.status)) << seen;
  EXPECT_EQ(seen.trailers.at("fusebox-rejection"), "OPEN");
  EXPECT_EQ(seen.completions, 1);
  EXPECT_EQ(server_.calls(), 6u);
  const TotalsReading totals = breaker_.TakeSnapshot().totals;
  EXPECT_EQ(totals.admitted, totals.ended);
}

TEST(GlobalRegistration, EachPlainChannelIsNudgedSeparately) {
  Breaker& breaker = *GlobalRegistry()->FindBreaker("", kSay);
  breaker.Reset();
  EchoServer server;
  TcpGate gate(server.address());
  gate.Refuse();
  grpc::ChannelArguments patient;
  patient.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  patient.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 600'000);
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < 3; ++i) {
    channels.push_back(grpc::CreateCustomChannel(
        gate.address(), grpc::InsecureChannelCredentials(), patient));
  }
  const auto say = [](const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    test::Text reply;
    return test::Echo::NewStub(channel)->Say(&context, {}, &reply);
  };
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(IsRejection(say(channels[i % 3])));
  }
  EXPECT_EQ(breaker.TakeSnapshot().state, State::kOpen);
  gate.Pass();
  GlobalClock().Advance(std::chrono::seconds(59));
  for (const auto& channel : channels) {
    EXPECT_TRUE(IsRejection(say(channel)));
    EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() +
                                          std::chrono::seconds(60)));
  }
  GlobalClock().Advance(std::chrono::seconds(1));
  for (const auto& channel : channels) EXPECT_TRUE(say(channel).ok());
}

}  // namespace
}  // namespace fusebox
