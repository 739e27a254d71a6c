// get_test.cc: fusebox get.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/fake_admin.h"
#include "tests/tools/process.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Get : public testing::Test {
 protected:
  Get() {
    v1::Breaker breaker = MakeBreaker("/shop.v1.Cart/Checkout", v1::OPEN);
    breaker.mutable_name()->set_target("shop:443");
    breaker.mutable_in_state()->set_seconds(72);
    breaker.mutable_probe_in()->set_seconds(0);
    breaker.set_cause("5 consecutive failures");
    breaker.set_openings(3);
    breaker.set_mode(v1::Policy::DRY_RUN);
    breaker.set_operator_mode(v1::Policy::DRY_RUN);
    breaker.mutable_operator_mode_left()->set_seconds(598);
    breaker.mutable_totals()->set_admitted(40);
    breaker.mutable_totals()->set_failures(9);
    (*breaker.mutable_totals()->mutable_not_enforced())["OPEN"] = 7;
    admin_.Put(breaker);
    v1::Policy policy;
    policy.set_consecutive_failures(5);
    policy.mutable_open_duration()->set_seconds(60);
    admin_.Put(policy);
    v1::Event event =
        MakeTransition("/shop.v1.Cart/Checkout", v1::CLOSED, v1::OPEN);
    event.mutable_breaker()->set_target("shop:443");
    event.set_text("CLOSED -> OPEN: 5 consecutive failures");
    admin_.Add(event);
  }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"get", "--admin", admin_.address()});
    return RunTool(arguments);
  }

  FakeAdmin admin_{FakeAdmin::UnixAddress("get")};
};

TEST_F(Get, ShowsEverythingAboutOneBreaker) {
  const Finished get = Run({"/shop.v1.Cart/Checkout"});
  EXPECT_EQ(get.exit_code, 0) << get.err;
  for (const char* const fact :
       {"/shop.v1.Cart/Checkout on shop:443\n", "OPEN for 1m12s",
        "opening 3 in a row", "why           5 consecutive failures\n",
        "next probe    next call\n",
        "DRY_RUN, set by an operator, 9m58s left\n",
        "40 admitted: 0 successes, 9 failures", "not enforced  7: OPEN 7\n",
        "consecutiveFailures  5\n", "openDuration         60s\n",
        "  CLOSED -> OPEN: 5 consecutive failures\n"}) {
    EXPECT_THAT(get.out, HasSubstr(fact));
  }
}

TEST_F(Get, JsonIsTheWholeAnswer) {
  const Finished get = Run({"/shop.v1.Cart/Checkout", "--json"});
  const auto json = nlohmann::json::parse(get.out);
  EXPECT_EQ(json["process"], admin_.address());
  EXPECT_EQ(json["breaker"]["openings"], 3);
  EXPECT_EQ(json["policy"]["openDuration"], "60s");
  EXPECT_EQ(json["events"][0]["sequence"], "1");
}

TEST_F(Get, NamesTheNearestWhereThereIsNone) {
  const Finished get = Run({"shop.v1.Cart/checkout"});
  EXPECT_EQ(get.exit_code, 1);
  EXPECT_THAT(get.out, IsEmpty());
  EXPECT_EQ(
      get.err,
      "fusebox get: no breaker in use is named \"shop.v1.Cart/checkout\"; "
      "nearest: /shop.v1.Cart/Checkout\n");
}

TEST_F(Get, AsksWhichWhereSeveralHaveTheName) {
  v1::Breaker other = MakeBreaker("/shop.v1.Cart/Checkout");
  other.mutable_name()->set_target("backup:443");
  admin_.Put(other);
  const Finished which = Run({"/shop.v1.Cart/Checkout"});
  EXPECT_EQ(which.exit_code, 2);
  EXPECT_THAT(which.err, HasSubstr("Give --target or --key"));
  EXPECT_THAT(which.err, HasSubstr("on backup:443\n"));
  const Finished get =
      Run({"/shop.v1.Cart/Checkout", "--target", "backup:443"});
  EXPECT_EQ(get.exit_code, 0);
  EXPECT_THAT(get.out, HasSubstr("state         CLOSED\n"));
}

TEST_F(Get, OfAProcessThatIsGoneSaysSo) {
  admin_.Stop();
  const Finished get = Run({"/shop.v1.Cart/Checkout"});
  EXPECT_EQ(get.exit_code, 1);
  EXPECT_THAT(get.err, HasSubstr(admin_.address() + ": UNAVAILABLE"));
  EXPECT_THAT(get.err, testing::Not(HasSubstr("no breaker")));
}

}  // namespace
}  // namespace fusebox
