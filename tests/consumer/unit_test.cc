#include <gmock/gmock.h>
#include <gtest/gtest.h>  // link GTest::gmock_main

#include <memory>
#include <string>

#include "fusebox/fusebox.h"                     // link fusebox::fusebox
#include "fusebox/testing/rejection_matcher.h"   // link fusebox::testing
#include "fusebox/testing/scoped_forced_open.h"  // link fusebox::testing

// Stands in for a client of the user's own.
class GreeterClient {
 public:
  std::string Greet(const std::string&) { return "Hello."; }
  grpc::Status last_status() { return grpc::Status::OK; }
};

class GreeterClientTest : public testing::Test {
 protected:
  const std::shared_ptr<fusebox::Registry> registry_ =
      fusebox::Registry::Create();
  const fusebox::BreakerName greet_{"greeter",
                                    "/fusebox.example.Greeter/Greet"};
  const std::unique_ptr<GreeterClient> client_ =
      std::make_unique<GreeterClient>();
  struct {
    int calls = 0;
  } service_;
};

TEST_F(GreeterClientTest, GreetsByItselfWhileTheCircuitIsOpen) {
  const fusebox::ScopedForcedOpen open(registry_, greet_);
  EXPECT_EQ(client_->Greet("Ada"), "Hello.");
  EXPECT_THAT(client_->last_status(),
              fusebox::IsRejection(fusebox::RejectionReason::kForcedOpen));
  EXPECT_EQ(service_.calls, 0);
}
