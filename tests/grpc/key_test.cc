// Breakers with a key that the application chooses, such as a tenant or a
// shard.

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {
namespace {

thread_local std::string tenant;

class KeyTest : public testing::TestWithParam<std::tuple<Flavour, Transport>> {
 protected:
  void SetUp() override {
    tenant.clear();
    Use([](const CallInfo&) { return tenant; });
  }
  void Use(KeyFunction key) {
    guarded_.options.key = std::move(key);
    guarded_.Reconnect(server_);
  }
  Seen Call(const std::string& by, grpc::ClientContext* context) {
    tenant = by;
    return flavour().Call(guarded_.channel(), context);
  }
  Seen Call(const std::string& by) {
    grpc::ClientContext context;
    return Call(by, &context);
  }
  Snapshot Now(const std::string& key) {
    return guarded_.registry()
        ->Find(guarded_.target(), flavour().method(), key)
        ->breaker()
        .TakeSnapshot();
  }
  const Flavour& flavour() const { return std::get<0>(GetParam()); }

  EchoServer server_;
  GuardedChannel guarded_{server_, std::get<1>(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Each, KeyTest,
                         testing::Combine(testing::ValuesIn(Flavours()),
                                          testing::Values(Transport::kInProcess,
                                                          Transport::kTcp)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  Name(std::get<1>(row.param));
                         });

TEST_P(KeyTest, ATenantsCircuitOpensOnlyForThatTenant) {
  server_.Respond(EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "down"}));
  for (int i = 0; i < 5; ++i) Call("red");
  server_.Respond(EchoReply::Succeed());
  EXPECT_TRUE(IsRejection(Call("red").status));
  EXPECT_TRUE(Call("blue").status.ok());
  EXPECT_TRUE(Call("").status.ok());
  EXPECT_EQ(Now("red").state, State::kOpen);
  EXPECT_EQ(Now("red").totals.failures, 5u);
  EXPECT_EQ(Now("blue").totals.successes, 1u);
  EXPECT_EQ(guarded_.Totals(flavour().method()).successes, 1u);
}

TEST_P(KeyTest, TheFunctionSeesTheCall) {
  // The test knows the contexts that belong to each tenant, as an application
  // would.
  std::map<const grpc::ClientContext*, std::string> tenants;
  Use([&](const CallInfo& call) {
    EXPECT_EQ(call.method, flavour().method());
    EXPECT_EQ(call.target, guarded_.target());
    EXPECT_EQ(call.type == RpcType::kUnary, flavour().shape == Shape::kUnary);
    return tenants.at(call.context);
  });
  grpc::ClientContext context;
  tenants[&context] = "green";
  EXPECT_TRUE(Call("", &context).status.ok());
  EXPECT_EQ(Now("green").totals.successes, 1u);
}

#ifdef __cpp_exceptions
TEST_P(KeyTest, IfTheFunctionThrowsTheKeyIsEmptyAndItIsCounted) {
  Use([](const CallInfo&) -> std::string { throw std::runtime_error("who?"); });
  EXPECT_TRUE(Call("red").status.ok());
  EXPECT_EQ(guarded_.Totals(flavour().method()).successes, 1u);
  EXPECT_EQ(guarded_.registry()->callback_errors(), 1u);
}
#endif

}  // namespace
}  // namespace fusebox
