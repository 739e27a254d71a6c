// usage_test.cc: help texts, and wrong usage of the tool.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tools/process.h"

namespace fusebox {
namespace {

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

TEST(Usage, WrongUsageIsReportedOnStandardError) {
  const std::vector<std::vector<std::string>> lines = {
      {},
      {"chekc"},
      {"check"},
      {"check", "--jsn", "-"},
      {"check", "-", "extra"},
      {"check", "--format", "yaml", "-"},
  };
  for (const auto& line : lines) {
    const Finished finished = RunTool(line, "{}");
    EXPECT_EQ(finished.exit_code, 2) << testing::PrintToString(line);
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_THAT(finished.err, Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace fusebox
