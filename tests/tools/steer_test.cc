// steer_test.cc: fusebox mode, reset and config.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "tests/tools/process.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;  // NOLINT
using testing::HasSubstr;
using testing::Not;

class Steer : public testing::Test {
 protected:
  Steer() {
    process_.Find("/shop.v1.Cart/Checkout");
    process_.Call("-----", "/shop.v1.Cart/Pay");
    process_.Find("/s/Other");
  }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin", process_.address()});
    return RunTool(arguments);
  }

  ScriptedProcess process_{
      "steer", *ParseConfigJson(R"({"defaultPolicy": {"openDuration": "5s",
                                    "failureRate": {"threshold": 0.25}}})")};
};

TEST_F(Steer, ModeSaysWhatChanged) {
  const Finished open =
      Run({"mode", "open", "/shop.v1.Cart/*", "--for", "10m"});
  EXPECT_EQ(open.exit_code, 0) << open.err;
  EXPECT_EQ(open.out,
            "/shop.v1.Cart/Checkout: ENFORCE -> FORCED_OPEN*, 10m left\n"
            "/shop.v1.Cart/Pay: ENFORCE -> FORCED_OPEN*, 10m left\n");
  EXPECT_EQ(process_.CallsOf("SetMode"), 1u);

  EXPECT_EQ(Run({"mode", "open", "/shop.v1.Cart/P*", "--for", "10m"}).out,
            "/shop.v1.Cart/Pay: FORCED_OPEN*, 10m left as before\n");
  EXPECT_THAT(Run({"mode", "clear", "*Pay"}).out,
              HasSubstr("FORCED_OPEN*, 10m left -> ENFORCE\n"));
  process_.clock().Advance(599s);
  EXPECT_THAT(Run({"mode", "clear", "*Checkout"}).out,
              HasSubstr("FORCED_OPEN*, 1s left -> ENFORCE\n"));
}

TEST_F(Steer, ModeHasAWordForEachMode) {
  struct Case {
    std::string word;
    std::string mode;
  };
  const Case cases[] = {
      {"enforce", "ENFORCE"},         {"dry-run", "DRY_RUN"},
      {"DRY_RUN", "DRY_RUN"},         {"disabled", "DISABLED"},
      {"closed", "DISABLED"},         {"open", "FORCED_OPEN"},
      {"forced-open", "FORCED_OPEN"},
  };
  for (const Case& c : cases) {
    const Finished set = Run({"mode", c.word, "*", "--json"});
    EXPECT_EQ(set.exit_code, 0) << "the service refuses a missing filter";
    EXPECT_THAT(set.out, HasSubstr("\"operatorMode\":\"" + c.mode + "\""));
    EXPECT_THAT(set.out, Not(HasSubstr("operatorModeLeft"))) << c.word;
  }
  const Finished clear = Run({"mode", "clear", "*", "--json"});
  EXPECT_EQ(clear.exit_code, 0);
  EXPECT_THAT(clear.out, Not(HasSubstr("operatorMode")));
}

TEST_F(Steer, RefusalsOfTheProcessArePrinted) {
  EXPECT_EQ(Run({"mode", "open", "/nobody"}).err,
            "fusebox mode: " + process_.address() +
                ": NOT_FOUND: filter: matches none of 3 breakers\n");
  EXPECT_EQ(Run({"mode", "open", "/nobody"}).exit_code, 1);

  ScriptedProcess closed("closed", {}, /*read_only=*/true);
  closed.Call("-----", "/s/M");
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin", closed.address()});
    return RunTool(arguments);
  };
  const std::string at = closed.address() + ": PERMISSION_DENIED: ";
  EXPECT_EQ(run({"mode", "open", "*"}).err,
            "fusebox mode: " + at +
                "SetMode: this process lets nobody change anything\n");
  EXPECT_EQ(run({"reset", "*"}).err,
            "fusebox reset: " + at +
                "ResetBreakers: this process lets nobody change anything\n");
  EXPECT_EQ(run({"reset", "*"}).exit_code, 1);
}

TEST_F(Steer, ModeIsSetInEveryProcess) {
  ScriptedProcess other("steer2");
  const Finished open =
      Run({"mode", "open", "/s/*", "--admin", other.address()});
  EXPECT_EQ(open.exit_code, 1) << "the other one has no such breaker";
  EXPECT_EQ(open.out,
            process_.address() + ": /s/Other: ENFORCE -> FORCED_OPEN*\n");
  EXPECT_THAT(open.err, HasSubstr(other.address() + ": NOT_FOUND"));
}

TEST_F(Steer, ResetPrintsTheClosedBreakers) {
  const Finished reset = Run({"reset", "*", "--state", "open"});
  EXPECT_EQ(reset.exit_code, 0);
  EXPECT_EQ(reset.out, "/shop.v1.Cart/Pay: CLOSED\n");
}

TEST_F(Steer, ConfigGetPrintsWhatConfigUpdateReads) {
  const Finished get = Run({"config", "get"});
  EXPECT_EQ(get.exit_code, 0);
  EXPECT_EQ(get.err, "fusebox config get: generation 1\n");
  const std::string file = WriteFile("config.json", get.out);
  EXPECT_EQ(RunTool({"check", file}).exit_code, 0);

  const Finished update = Run({"config", "update", file});
  EXPECT_EQ(update.exit_code, 0) << update.err;
  EXPECT_EQ(update.out, process_.address() +
                            ": generation 1 is in force as before: it is equal "
                            "to this config\n");
  EXPECT_EQ(Run({"config", "get"}).out, get.out);
}

TEST_F(Steer, ConfigUpdateOfAnOldGenerationIsRefused) {
  const std::string file = WriteFile("config.json", "{}");
  EXPECT_EQ(Run({"config", "update", file, "--generation", "1"}).exit_code, 0);
  const Finished update = Run({"config", "update", file, "--generation", "1"});
  EXPECT_EQ(update.exit_code, 1);
  EXPECT_THAT(update.err, HasSubstr(process_.address() + ": ABORTED: "));
  EXPECT_THAT(update.err,
              HasSubstr("must be that of the config in force, 2, is 1\n"
                        "  To see the config in force, run "));
}

TEST_F(Steer, ConfigWithProblemsIsNotSent) {
  const std::string file = WriteFile(
      "config.json",
      R"({"defaultPolicy": {"openDuration": "5", "failureRate": {}, "x": 1}})");
  const Finished update = Run({"config", "update", file});
  EXPECT_EQ(update.exit_code, 2);
  EXPECT_THAT(update.err, HasSubstr("defaultPolicy.openDuration: "));
  EXPECT_THAT(update.err, HasSubstr("defaultPolicy.x: "));
  EXPECT_EQ(process_.CallsOf("UpdateConfig"), 0u);
  EXPECT_EQ(process_.CallsOf("GetConfig"), 0u);
}

}  // namespace
}  // namespace fusebox
