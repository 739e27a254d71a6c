// Breakers with a key that the application chooses, such as a tenant or a
// shard.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "tests/grpc/flavour_fixture.h"

namespace fusebox {
namespace {

thread_local std::string tenant;

class KeyTest : public FlavourFixture {
 protected:
  KeyTest() {
    tenant.clear();
    Use([](const CallInfo&) { return tenant; });
  }
  void Use(KeyFunction key) {
    guarded_->options.key = std::move(key);
    guarded_->Reconnect(server_);
  }
  Seen CallBy(const std::string& by) {
    tenant = by;
    return Call();
  }
  Snapshot NowOf(const std::string& key) {
    return guarded_->registry()
        ->FindBreaker(guarded_->target(), method(), key)
        ->TakeSnapshot();
  }
};
INSTANTIATE_TEST_SUITE_P(Each, KeyTest, OnBothTransports(Flavours()),
                         RowName());

TEST_P(KeyTest, ATenantsCircuitOpensOnlyForThatTenant) {
  server_.Respond(EchoReply::Fail({grpc::StatusCode::UNAVAILABLE, "down"}));
  for (int i = 0; i < 5; ++i) CallBy("red");
  server_.Respond(EchoReply::Succeed());
  EXPECT_TRUE(IsRejection(CallBy("red").status));
  EXPECT_TRUE(CallBy("blue").status.ok());
  EXPECT_TRUE(CallBy("").status.ok());
  EXPECT_EQ(NowOf("red").state, State::kOpen);
  EXPECT_EQ(NowOf("red").totals.failures, 5u);
  EXPECT_EQ(NowOf("blue").totals.successes, 1u);
  EXPECT_EQ(Totals().successes, 1u);
}

TEST_P(KeyTest, TheFunctionSeesTheCall) {
  // The test knows the contexts that belong to each tenant, as an application
  // would.
  std::map<const grpc::ClientContext*, std::string> tenants;
  Use([&](const CallInfo& call) {
    EXPECT_EQ(call.method, method());
    EXPECT_EQ(call.target, guarded_->target());
    EXPECT_EQ(call.type == RpcType::kUnary, flavour().shape == Shape::kUnary);
    return tenants.at(call.context);
  });
  grpc::ClientContext context;
  tenants[&context] = "green";
  EXPECT_TRUE(Call(&context).status.ok());
  EXPECT_EQ(NowOf("green").totals.successes, 1u);
}

#ifdef __cpp_exceptions
TEST_P(KeyTest, IfTheFunctionThrowsTheKeyIsEmptyAndItIsCounted) {
  Use([](const CallInfo&) -> std::string { throw std::runtime_error("who?"); });
  EXPECT_TRUE(CallBy("red").status.ok());
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(guarded_->registry()->callback_errors(), 1u);
}
#endif

}  // namespace
}  // namespace fusebox
