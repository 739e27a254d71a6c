// Tests what a client class does while its circuit is open.
//
// The server is in this process and listens on no port. The channel has the
// same interceptor as in production.

#include "examples/unit_test/greeter_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "examples/quickstart/greeter.grpc.pb.h"
#include "fusebox/grpc/interceptor_factory.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/registry.h"
#include "fusebox/testing/rejection_matcher.h"
#include "fusebox/testing/scoped_forced_open.h"

namespace fusebox::example {
namespace {

class FriendlyServer final : public Greeter::Service {
 public:
  int calls = 0;
  grpc::Status status;

 private:
  grpc::Status Greet(grpc::ServerContext*, const GreetRequest* request,
                     GreetReply* reply) override {
    ++calls;
    reply->set_greeting("Hello, " + request->name() + "!");
    return status;
  }
};

class GreeterClientTest : public testing::Test {
 protected:
  GreeterClientTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    std::vector<
        std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
        factories;
    factories.push_back(std::make_unique<CircuitBreakerInterceptorFactory>(
        registry_, greet_.target));
    client_ = std::make_unique<GreeterClient>(
        server_->experimental().InProcessChannelWithInterceptors(
            grpc::ChannelArguments(), std::move(factories)));
  }

  const std::shared_ptr<Registry> registry_ = Registry::Create();
  const BreakerName greet_{"greeter", "/fusebox.example.Greeter/Greet"};
  FriendlyServer service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GreeterClient> client_;
};

TEST_F(GreeterClientTest, GreetsAsTheServerDoes) {
  EXPECT_EQ(client_->Greet("Ada"), "Hello, Ada!");
}

TEST_F(GreeterClientTest, GreetsByItselfWhileTheCircuitIsOpen) {
  {
    const fusebox::ScopedForcedOpen open(registry_, greet_);
    EXPECT_EQ(client_->Greet("Ada"), "Hello.");
    EXPECT_THAT(client_->last_status(),
                fusebox::IsRejection(fusebox::RejectionReason::kForcedOpen));
    EXPECT_EQ(service_.calls, 0);
  }
  EXPECT_EQ(client_->Greet("Ada"), "Hello, Ada!");
}

TEST_F(GreeterClientTest, StopsAskingAServerThatFails) {
  service_.status = {grpc::StatusCode::UNAVAILABLE, "out for lunch"};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client_->Greet("Ada"), "?");
  EXPECT_EQ(client_->Greet("Ada"), "Hello.");
  EXPECT_THAT(client_->last_status(), IsRejection(RejectionReason::kOpen));
  EXPECT_EQ(service_.calls, 5);
}

}  // namespace
}  // namespace fusebox::example
