// steer_test.cc: fusebox mode, reset and config.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "fusebox/config/config_proto.h"
#include "tests/tools/fake_admin.h"
#include "tests/tools/process.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Steer : public testing::Test {
 protected:
  Steer() {
    admin_.Put(MakeBreaker("/shop.v1.Cart/Checkout"));
    admin_.Put(MakeBreaker("/shop.v1.Cart/Pay", v1::OPEN));
    admin_.Put(MakeBreaker("/s/Other"));
    const auto config = ParseConfigJson(
        R"({"defaultPolicy": {"openDuration": "5s", "failureRate":
           {"threshold": 0.25}}})");
    admin_.Put(ConfigToProto(*config));
  }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin", admin_.address()});
    return RunTool(arguments);
  }

  void MakeReadOnly() {
    v1::Process process;
    process.set_read_only(true);
    process.set_config_generation(1);
    admin_.SetProcess(process);
  }

  FakeAdmin admin_{FakeAdmin::UnixAddress("steer")};
};

TEST_F(Steer, ModeSaysWhatChanged) {
  const Finished open =
      Run({"mode", "open", "/shop.v1.Cart/*", "--for", "10m"});
  EXPECT_EQ(open.exit_code, 0) << open.err;
  EXPECT_EQ(open.out,
            "/shop.v1.Cart/Checkout: ENFORCE -> FORCED_OPEN*, 10m left\n"
            "/shop.v1.Cart/Pay: ENFORCE -> FORCED_OPEN*, 10m left\n");
  const auto requests = admin_.Requests<v1::SetModeRequest>();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].time_limit().seconds(), 600);

  EXPECT_EQ(Run({"mode", "open", "/shop.v1.Cart/P*", "--for", "10m"}).out,
            "/shop.v1.Cart/Pay: FORCED_OPEN*, 10m left as before\n");
  EXPECT_THAT(Run({"mode", "clear", "*Pay"}).out,
              HasSubstr("FORCED_OPEN*, 10m left -> ENFORCE\n"));
}

TEST_F(Steer, ModeHasAWordForEachMode) {
  struct Case {
    std::string word;
    v1::Policy::Mode mode;
  };
  const Case cases[] = {
      {"enforce", v1::Policy::ENFORCE},
      {"dry-run", v1::Policy::DRY_RUN},
      {"DRY_RUN", v1::Policy::DRY_RUN},
      {"disabled", v1::Policy::DISABLED},
      {"closed", v1::Policy::DISABLED},
      {"open", v1::Policy::FORCED_OPEN},
      {"forced-open", v1::Policy::FORCED_OPEN},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Run({"mode", c.word, "*"}).exit_code, 0);
    const v1::SetModeRequest request =
        admin_.Requests<v1::SetModeRequest>().back();
    EXPECT_EQ(request.mode(), c.mode) << c.word;
    EXPECT_FALSE(request.has_time_limit());
    EXPECT_TRUE(request.has_filter()) << "all is said, not left out";
  }
  EXPECT_EQ(Run({"mode", "clear", "*"}).exit_code, 0);
  EXPECT_FALSE(admin_.Requests<v1::SetModeRequest>().back().has_mode());
}

TEST_F(Steer, NothingIsAskedWhereTheCommandIsWrong) {
  struct Case {
    std::vector<std::string> line;
    std::string problem;
  };
  const Case cases[] = {
      {{"mode", "open"}, "PATTERN is required"},
      {{"mode", "open", ""}, "must not be empty; '*' matches everything"},
      {{"mode", "ajar", "*"}, "or clear, is \"ajar\""},
      {{"mode", "open", "*", "--for", "10"}, "must be a duration like 10m"},
      {{"mode", "open", "*", "--for", "1m1h"}, "must be a duration like 10m"},
      {{"mode", "open", "*", "--for", "-1m"}, "must be a duration like 10m"},
      {{"mode", "open", "*", "--for", "0s"}, "more than 0 and at most 30d"},
      {{"mode", "open", "*", "--for", "31d"}, "more than 0 and at most 30d"},
      {{"mode", "clear", "*", "--for", "1m"}, "has no time limit"},
      {{"reset"}, "PATTERN is required"},
      {{"reset", ""}, "must not be empty"},
      {{"config"}, "subcommand is required"},
      {{"config", "update"}, "FILE is required"},
      {{"config", "update", "/nowhere.json"}, "/nowhere.json"},
  };
  for (const Case& c : cases) {
    const bool takes_admin = c.line.size() > 1 || c.line[0] != "config";
    const Finished finished = takes_admin ? Run(c.line) : RunTool(c.line);
    EXPECT_EQ(finished.exit_code, 2) << testing::PrintToString(c.line);
    EXPECT_THAT(finished.err, HasSubstr(c.problem));
    EXPECT_THAT(finished.out, IsEmpty());
  }
  EXPECT_THAT(admin_.Requests<v1::SetModeRequest>(), IsEmpty());
  EXPECT_THAT(admin_.Requests<v1::ResetBreakersRequest>(), IsEmpty());
  EXPECT_THAT(admin_.Requests<v1::UpdateConfigRequest>(), IsEmpty());
}

TEST_F(Steer, WhatTheProcessRefusesIsSaidInWords) {
  const std::string at = admin_.address() + ": ";
  EXPECT_EQ(Run({"mode", "open", "/nobody"}).err,
            "fusebox mode: " + at + "NOT_FOUND: no breaker matches\n");
  EXPECT_EQ(Run({"mode", "open", "/nobody"}).exit_code, 1);
  MakeReadOnly();
  EXPECT_EQ(Run({"mode", "open", "*"}).err,
            "fusebox mode: " + at + "PERMISSION_DENIED: read-only\n");
  EXPECT_EQ(Run({"reset", "*"}).err,
            "fusebox reset: " + at + "PERMISSION_DENIED: read-only\n");
  EXPECT_EQ(Run({"reset", "*"}).exit_code, 1);
}

TEST_F(Steer, OfSeveralProcessesEachIsTold) {
  FakeAdmin other(FakeAdmin::UnixAddress("steer2"));
  const Finished open =
      Run({"mode", "open", "/s/*", "--admin", other.address()});
  EXPECT_EQ(open.exit_code, 1) << "the other one has no such breaker";
  EXPECT_EQ(open.out,
            admin_.address() + ": /s/Other: ENFORCE -> FORCED_OPEN*\n");
  EXPECT_THAT(open.err, HasSubstr(other.address() + ": NOT_FOUND"));
}

TEST_F(Steer, ResetSaysWhatIsClosed) {
  const Finished reset = Run({"reset", "*", "--state", "open"});
  EXPECT_EQ(reset.exit_code, 0);
  EXPECT_EQ(reset.out, "/shop.v1.Cart/Pay: CLOSED\n");
}

TEST_F(Steer, ConfigThatIsReadIsOneThatCanBeGivenBack) {
  const Finished get = Run({"config", "get"});
  EXPECT_EQ(get.exit_code, 0);
  EXPECT_EQ(get.err, "fusebox config get: generation 1\n");
  const std::string file = WriteFile("config.json", get.out);
  EXPECT_EQ(RunTool({"check", file}).exit_code, 0);

  const Finished update = Run({"config", "update", file});
  EXPECT_EQ(update.exit_code, 0) << update.err;
  EXPECT_EQ(update.out, admin_.address() + ": generation 2 is in force\n");
  EXPECT_EQ(Run({"config", "get"}).out, get.out);
}

TEST_F(Steer, ConfigOfAGenerationThatIsGoneIsRefusedWithBoth) {
  const std::string file = WriteFile("config.json", "{}");
  EXPECT_EQ(Run({"config", "update", file, "--generation", "1"}).exit_code, 0);
  const Finished update = Run({"config", "update", file, "--generation", "1"});
  EXPECT_EQ(update.exit_code, 1);
  EXPECT_THAT(update.err, HasSubstr(admin_.address() + ": ABORTED: "));
  EXPECT_THAT(update.err, HasSubstr("the update was for generation 1, and 2 is "
                                    "in force"));
}

TEST_F(Steer, ConfigWithProblemsNeverLeaves) {
  const std::string file = WriteFile(
      "config.json",
      R"({"defaultPolicy": {"openDuration": "5", "failureRate": {}, "x": 1}})");
  const Finished update = Run({"config", "update", file});
  EXPECT_EQ(update.exit_code, 2);
  EXPECT_THAT(update.err, HasSubstr("defaultPolicy.openDuration: "));
  EXPECT_THAT(update.err, HasSubstr("defaultPolicy.x: "));
  EXPECT_THAT(admin_.Requests<v1::UpdateConfigRequest>(), IsEmpty());
  EXPECT_THAT(admin_.Requests<v1::GetConfigRequest>(), IsEmpty());
}

TEST_F(Steer, ConfigIsReadOfOneProcessOnly) {
  const Finished get = Run({"config", "get", "--admin", "other:1"});
  EXPECT_EQ(get.exit_code, 2);
  EXPECT_THAT(get.err, HasSubstr("Give one --admin, not 2"));
}

}  // namespace
}  // namespace fusebox
