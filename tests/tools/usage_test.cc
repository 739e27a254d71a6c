// usage_test.cc: help texts, and wrong usage of the tool.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
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
        "config", "dashboard", "completion", "manual"}) {
    EXPECT_THAT(help.out, HasSubstr("\n  " + std::string(command) + " "));
  }
}

TEST(Usage, HelpOfASubcommandHasAnExampleAndItsExitCodes) {
  const std::vector<std::vector<std::string>> commands = {
      {"list"},
      {"get"},
      {"watch"},
      {"events"},
      {"mode"},
      {"reset"},
      {"config"},
      {"config", "get"},
      {"config", "update"},
      {"dashboard"},
      {"config", "diff"},
      {"config", "history"},
      {"config", "rollback"},
      {"config", "unused"}};
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

// Returns all commands that the tool has, with their words.
std::vector<std::vector<std::string>> AllCommands() {
  return {{"check"},
          {"replay"},
          {"list"},
          {"get"},
          {"watch"},
          {"dashboard"},
          {"events"},
          {"mode"},
          {"reset"},
          {"config"},
          {"config", "get"},
          {"config", "update"},
          {"completion"},
          {"manual"},
          {"config", "diff"},
          {"config", "history"},
          {"config", "rollback"},
          {"config", "unused"}};
}

// Returns the long options in the help of a command.
std::vector<std::string> OptionsOf(std::vector<std::string> command) {
  command.emplace_back("--help");
  const std::string help = RunTool(command).out;
  std::vector<std::string> options;
  const std::regex option("\n  (?:-[a-zA-Z],)?(--[a-z-]+)");
  for (auto match = std::sregex_iterator(help.begin(), help.end(), option);
       match != std::sregex_iterator(); ++match) {
    options.push_back((*match)[1]);
  }
  EXPECT_THAT(options, testing::Contains("--help"));
  return options;
}

TEST(Usage, TheManualPageHasEveryCommandAndOption) {
  const Finished manual = RunTool({"manual"});
  EXPECT_EQ(manual.exit_code, 0);
  for (const auto& command : AllCommands()) {
    const std::string path = "fusebox " + absl::StrJoin(command, " ");
    const size_t begin = manual.out.find("\n.SS " + path + "\n");
    ASSERT_NE(begin, std::string::npos) << path;
    const std::string section =
        manual.out.substr(begin, manual.out.find("\n.S", begin + 1) - begin);
    for (const std::string& option : OptionsOf(command)) {
      EXPECT_THAT(section,
                  HasSubstr(absl::StrReplaceAll(option, {{"-", "\\-"}})))
          << path;
    }
  }
}

TEST(Usage, TheManualPageHasNoLineThatTroffWouldObey) {
  std::istringstream lines(RunTool({"manual"}).out);
  const std::regex request("\\.(TH|SH|SS|TP|PP|nf|fi|B)( .*)?");
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || (line[0] != '.' && line[0] != '\'')) continue;
    EXPECT_TRUE(std::regex_match(line, request)) << line;
  }
}

TEST(Usage, CompletionsHaveEveryCommandAndOption) {
  for (const char* const shell : {"bash", "zsh", "fish"}) {
    const Finished script = RunTool({"completion", shell});
    EXPECT_EQ(script.exit_code, 0);
    for (const auto& command : AllCommands()) {
      EXPECT_THAT(script.out, HasSubstr(command.back())) << shell;
      for (const std::string& option : OptionsOf(command)) {
        const std::string name =
            shell == std::string("fish") ? "-l " + option.substr(2) : option;
        EXPECT_THAT(script.out, HasSubstr(name)) << shell;
      }
    }
  }
  EXPECT_EQ(RunTool({"completion", "tcsh"}).exit_code, 2);
}

// Completes a line in bash, and returns the words that it offers.
std::string Completed(const std::string& line) {
  const std::string script = RunTool({"completion", "bash"}).out;
  const std::string path =
      testing::TempDir() + "completion." + std::to_string(getpid());
  std::ofstream(path) << script << "COMP_WORDS=(" << line
                      << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                         "_fusebox\necho \"${COMPREPLY[@]}\"\n";
  std::FILE* const pipe = popen(("bash " + path).c_str(), "r");
  std::string words;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    words += static_cast<char>(c);
  }
  EXPECT_EQ(pclose(pipe), 0);
  std::remove(path.c_str());
  return words;
}

TEST(Usage, BashCompletesCommandsAndTheirOptions) {
  EXPECT_EQ(Completed("fusebox lis"), "list\n");
  EXPECT_EQ(Completed("fusebox list --trou"), "--troubled\n");
  EXPECT_EQ(Completed("fusebox config up"), "update\n");
  EXPECT_EQ(Completed("fusebox config update --gen"), "--generation\n");
  EXPECT_EQ(Completed("fusebox list --gen"), "\n");
}

TEST(Usage, EveryErrorBeginsWithTheNameOfTheTool) {
  for (const std::vector<std::string>& line :
       std::vector<std::vector<std::string>>{{},
                                             {"lst"},
                                             {"list", "--foo"},
                                             {"config"},
                                             {"check", "/nowhere.json"},
                                             {"list", "--admin", "nowhere"}}) {
    EXPECT_THAT(RunTool(line).err, testing::StartsWith("fusebox"))
        << testing::PrintToString(line);
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
