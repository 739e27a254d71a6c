// Registered for the whole process, which gRPC allows once: in a binary of its
// own. The breakers are those of plain channels, also of older ones.

#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/grpc/rejection.h"
#include "fusebox/registry/registry.h"
#include "tests/grpc/echo_server.h"
#include "tests/grpc/flavours.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {
namespace {

const std::shared_ptr<Registry>& GlobalRegistry() {
  static const auto& registry = *new std::shared_ptr<Registry>([] {
    auto created = Registry::Create().value();
    // gRPC neither frees it nor lets it go.
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
        breaker_(GlobalRegistry()->Find("", flavour().method())->breaker()) {
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
  Breaker& breaker_;  // the factory was registered after the channel was made
};
INSTANTIATE_TEST_SUITE_P(Each, GlobalRegistrationTest,
                         testing::Combine(testing::ValuesIn(Flavours()),
                                          testing::Values(Transport::kInProcess,
                                                          Transport::kTcp)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  Name(std::get<1>(row.param));
                         });

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

}  // namespace
}  // namespace fusebox
