// usage_test.cc: help texts, and wrong usage of the tool.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/tools/process.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Usage, HelpNamesEverySubcommand) {
  const Finished help = RunTool({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.err, IsEmpty());
  for (const char* const command :
       {"check", "replay", "list", "get", "watch", "events", "mode", "reset",
        "config", "dashboard"}) {
    EXPECT_THAT(help.out, HasSubstr("\n  " + std::string(command) + " "));
  }
}

TEST(Usage, HelpOfASubcommandHasAnExampleAndItsExitCodes) {
  const std::vector<std::vector<std::string>> commands = {
      {"list"},     {"get"},           {"watch"},
      {"events"},   {"mode"},          {"reset"},
      {"config"},   {"config", "get"}, {"config", "update"},
      {"dashboard"}};
  for (const auto& command : commands) {
    std::string name;
    for (const std::string& word : command) name += word + " ";
    std::vector<std::string> line = command;
    line.emplace_back("--help");
    const Finished help = RunTool(line);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.err, IsEmpty());
    EXPECT_THAT(help.out, HasSubstr("Example:\n  fusebox " + name));
    EXPECT_THAT(help.out, HasSubstr("Exit codes: 0 "));
  }
  for (const char* const command : {"check", "replay"}) {
    EXPECT_THAT(RunTool({command, "--help"}).out,
                HasSubstr("Example:\n  fusebox " + std::string(command) + " "));
  }
}

TEST(Usage, WrongUsageIsReportedOnStandardErrorAndCallsNobody) {
  for (const char* const command : {"list", "dashboard"}) {
    const Finished finished = RunTool({command});
    EXPECT_EQ(finished.exit_code, 2) << command;
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_THAT(finished.err, HasSubstr("or set FUSEBOX_ADMIN"));
  }
  struct Case {
    std::vector<std::string> line;
    std::string problem;
  };
  const Case cases[] = {
      {{}, ""},
      {{"chekc"}, ""},
      {{"check"}, ""},
      {{"check", "--jsn", "-"}, ""},
      {{"check", "-", "extra"}, ""},
      {{"check", "--format", "yaml", "-"}, ""},
      {{"list", "--admin", "nowhere"}, "\"nowhere\" must be HOST:PORT"},
      {{"list", "--state", "ajar"},
       "must be closed, open or half-open, is \"ajar\""},
      {{"list", ""}, "must not be empty"},
      {{"list", "--target", ""}, "must not be empty"},
      {{"list", std::string(1025, 'x')},
       "must have at most 1024 bytes, has 1025"},
      {{"events", "--type", "disaster"}, "--type"},
      {{"events", "--limit", "0"}, "--limit"},
      {{"events", "--limit", "10001"}, "--limit"},
      {{"events", "--after", "-1"}, "--after"},
      {{"mode", "open"}, "PATTERN is required"},
      {{"mode", "open", ""}, "must not be empty; '*' matches everything"},
      {{"mode", "ajar", "*"}, "or clear, is \"ajar\""},
      {{"mode", "open", "*", "--for", "10"}, "must be a duration like 10m"},
      {{"mode", "open", "*", "--for", "1m1h"}, "must be a duration like 10m"},
      {{"mode", "open", "*", "--for", "-1m"}, "must be a duration like 10m"},
      {{"mode", "open", "*", "--for", "0s"}, "more than 0 and at most 30d"},
      {{"mode", "open", "*", "--for", "31d"}, "more than 0 and at most 30d"},
      {{"mode", "clear", "*", "--for", "1m"},
       "must be left out if the mode is clear"},
      {{"reset"}, "PATTERN is required"},
      {{"reset", ""}, "must not be empty"},
      {{"config"}, "subcommand is required"},
      {{"config", "get", "--admin", "a:1", "--admin", "b:1"},
       "needs one process, and --admin names 2"},
      {{"config", "update"}, "FILE is required"},
      {{"config", "update", "/nowhere.json"}, "/nowhere.json"},
      {{"dashboard", "--admin", "nowhere"}, "\"nowhere\" must be HOST:PORT"},
      {{"dashboard", "--port", "70000"}, "--port"},
  };
  ScriptedProcess process("usage");
  process.Find("/s/M");
  setenv("FUSEBOX_ADMIN", process.address().c_str(), 1);
  for (const Case& c : cases) {
    const Finished finished = RunTool(c.line, "{}");
    EXPECT_EQ(finished.exit_code, 2) << testing::PrintToString(c.line);
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_THAT(finished.err, AllOf(Not(IsEmpty()), HasSubstr(c.problem)));
  }
  unsetenv("FUSEBOX_ADMIN");
  for (const char* const method :
       {"ListBreakers", "GetBreaker", "WatchBreakers", "ListEvents", "SetMode",
        "ResetBreakers", "GetConfig", "UpdateConfig"}) {
    EXPECT_EQ(process.CallsOf(method), 0u) << method;
  }
}

}  // namespace
}  // namespace fusebox
