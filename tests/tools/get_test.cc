// get_test.cc: fusebox get.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/process.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;  // NOLINT
using testing::HasSubstr;
using testing::IsEmpty;

class Get : public testing::Test {
 protected:
  Get() {
    // The probe fails twice, and an operator lets calls pass afterwards.
    Call("-----");
    for (int i = 0; i < 2; ++i) {
      process_.clock().Advance(60s);
      Call("-");
    }
    EXPECT_EQ(RunTool({"mode", "dry-run", kMethod, "--for", "10m", "--admin",
                       process_.address()})
                  .exit_code,
              0);
    Call("+++++++");
    process_.clock().Advance(72s);
  }

  void Call(const std::string& outcomes) {
    process_.Call(outcomes, kMethod, "shop:443");
  }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"get", "--admin", process_.address()});
    return RunTool(arguments);
  }

  static constexpr char kMethod[] = "/shop.v1.Cart/Checkout";
  ScriptedProcess process_{"get"};
};

TEST_F(Get, ShowsEverythingAboutOneBreaker) {
  const Finished get = Run({kMethod});
  EXPECT_EQ(get.exit_code, 0) << get.err;
  for (const char* const fact :
       {"/shop.v1.Cart/Checkout on shop:443\n", "OPEN for 1m12s",
        "opening 3 in a row", "not CLOSED    for 3m12s, since ",
        ", 3 openings\n",
        "why           5 consecutive failures, last UNAVAILABLE: refused\n",
        "last opening  a probe failed: UNAVAILABLE: refused\n",
        "cost          0 calls rejected, 7 let pass by DRY_RUN\n",
        "next probe    next call\n",
        "DRY_RUN, set by an operator, 8m48s left\n",
        "mode set      1m12s ago by ", "14 admitted: 7 successes, 7 failures",
        "not enforced  7: OPEN 7\n", "consecutiveFailures        5\n",
        "openDuration               60s\n",
        "  /shop.v1.Cart/Checkout on shop:443: CLOSED -> OPEN for 60s: 5 "
        "consecutive failures, last UNAVAILABLE: refused\n"}) {
    EXPECT_THAT(get.out, HasSubstr(fact));
  }
}

TEST_F(Get, JsonIsTheWholeAnswer) {
  const Finished get = Run({kMethod, "--json"});
  const auto json = nlohmann::json::parse(get.out);
  EXPECT_EQ(json["process"], process_.address());
  EXPECT_EQ(json["breaker"]["openings"], 3);
  EXPECT_EQ(json["policy"]["openDuration"], "60s");
  EXPECT_EQ(json["events"][0]["sequence"], 1);
}

TEST_F(Get, NamesTheNearestBreakerIfThereIsNone) {
  const Finished get = Run({"shop.v1.Cart/checkout"});
  EXPECT_EQ(get.exit_code, 1);
  EXPECT_THAT(get.out, IsEmpty());
  EXPECT_EQ(
      get.err,
      "fusebox get: no breaker in use is named \"shop.v1.Cart/checkout\"; "
      "the nearest name is \"/shop.v1.Cart/Checkout\"\n");
}

TEST_F(Get, AsksForATargetIfSeveralBreakersHaveTheName) {
  process_.Find(kMethod, "backup:443");
  const Finished which = Run({kMethod});
  EXPECT_EQ(which.exit_code, 2);
  EXPECT_THAT(which.err, HasSubstr("Select one with --target or --key"));
  EXPECT_THAT(which.err, HasSubstr("on backup:443\n"));
  const Finished get = Run({kMethod, "--target", "backup:443"});
  EXPECT_EQ(get.exit_code, 0);
  EXPECT_THAT(get.out, HasSubstr("state         CLOSED\n"));
}

TEST_F(Get, SaysThatTheProcessIsGone) {
  process_.Stop();
  const Finished get = Run({kMethod});
  EXPECT_EQ(get.exit_code, 1);
  EXPECT_THAT(get.err, HasSubstr(process_.address() + ": UNAVAILABLE"));
  EXPECT_THAT(get.err, testing::Not(HasSubstr("no breaker")));
}

}  // namespace
}  // namespace fusebox
