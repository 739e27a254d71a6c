// demo_test.cc: `scripts/demo --operator` plays outages for the commands here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/process.h"
#include "tests/tools/pty.h"

namespace fusebox {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

// Returns the first group of the first match in all that was printed.
std::string Find(const Pty& demo, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(demo.bytes(), match, std::regex(pattern))) return "";
  return match[1];
}

// Returns the folder that the demonstration has printed.
fs::path FolderOf(const Pty& demo) { return Find(demo, "\nD=([^\r\n]+)"); }

std::string CartOf(const Pty& demo) {
  return "unix:" + (FolderOf(demo) / "cart.sock").string();
}

// Returns the states of the breakers of cart-1.
std::vector<std::string> StatesIn(const Pty& demo) {
  const Finished list = RunTool({"list", "--json", "--admin", CartOf(demo)});
  EXPECT_EQ(list.exit_code, 0) << list.err;
  std::vector<std::string> states;
  std::istringstream lines(list.out);
  for (std::string line; std::getline(lines, line);) {
    states.push_back(nlohmann::json::parse(line).at("state"));
  }
  return states;
}

// A circuit is HALF_OPEN for the moment that a probe takes.
bool AllAreOpen(const Pty& demo) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  std::vector<std::string> states;
  do {
    states = StatesIn(demo);
    if (states == std::vector<std::string>(5, "OPEN")) return true;
  } while (std::chrono::steady_clock::now() < end);
  ADD_FAILURE() << testing::PrintToString(states);
  return false;
}

TEST(OperatorDemo, OnceOpensAndClosesEveryCircuitAndPrintsTheToll) {
  Pty demo =
      Pty::Shell(FUSEBOX_OUTAGE " --operator --once --outage 1 --pause 0.5");
  EXPECT_EQ(demo.AwaitExit(), 0) << demo.bytes();
  EXPECT_TRUE(demo.Shows("all 15 circuits are OPEN")) << demo.Text();
  EXPECT_TRUE(demo.Shows("all 15 circuits are CLOSED")) << demo.Text();
  for (const char* process : {"cart-1", "checkout-1", "search-1"}) {
    const std::string openings = Find(
        demo, std::string("\n") + process + " +([0-9]+) +[1-9][0-9,]* +[0-9]");
    ASSERT_NE(openings, "") << demo.Text();
    EXPECT_GE(std::stoi(openings), 5) << demo.Text();
  }
  EXPECT_FALSE(fs::exists(FolderOf(demo))) << FolderOf(demo);
}

TEST(OperatorDemo, ListSeesTheOutageAndCtrlCEndsEverything) {
  Pty demo = Pty::Shell(FUSEBOX_OUTAGE " --operator --outage 1000 --pause 0.5");
  demo.AwaitText("all 15 circuits are OPEN");
  EXPECT_TRUE(AllAreOpen(demo));
  EXPECT_EQ(RunTool({"list", "--troubled", "--admin", CartOf(demo)}).exit_code,
            1);
  demo.Type("\x03");
  EXPECT_EQ(demo.AwaitExit(), 0) << demo.Text();
  EXPECT_FALSE(fs::exists(FolderOf(demo))) << FolderOf(demo);
}

// The terminal is open as long as any of the processes runs.
TEST(OperatorDemo, AllProcessesEndWhenTheirParentIsKilled) {
  Pty demo = Pty::Shell(FUSEBOX_OUTAGE
                        " --operator & echo parent $!; wait $!; echo over");
  demo.AwaitText("Press Ctrl-C to end it.");
  const std::string parent = Find(demo, "parent ([0-9]+)");
  ASSERT_NE(parent, "") << demo.bytes();
  EXPECT_EQ(kill(std::stoi(parent), SIGKILL), 0);
  demo.AwaitExit();
  EXPECT_TRUE(demo.Shows("over")) << demo.Text();
  fs::remove_all(FolderOf(demo));
}

TEST(OperatorDemo, WhatItPrintsAtTheStartFitsOnAScreen) {
  Pty demo = Pty::Shell(FUSEBOX_OUTAGE " --operator");
  demo.AwaitText("Press Ctrl-C to end it.");
  std::istringstream text(demo.bytes());
  size_t lines = 0;
  for (std::string line; std::getline(text, line); ++lines) {
    if (line.rfind("export PATH=", 0) == 0) continue;  // long in some folders
    EXPECT_LE(line.size(), 81u) << line;               // with a \r
  }
  EXPECT_LE(lines, 24u) << demo.bytes();
  demo.Type("\x03");
  EXPECT_EQ(demo.AwaitExit(), 0) << demo.Text();
}

TEST(OperatorDemo, RefusesOptionsThatItDoesNotUse) {
  for (const char* const options :
       {"--operator --admin 127.0.0.1:0", "--operator --metrics 0", "--once",
        "--pause 3", "--operator --pause", "--operator --pause -1"}) {
    const Finished demo = RunShell(std::string(FUSEBOX_OUTAGE " ") + options);
    EXPECT_EQ(demo.exit_code, 2) << options;
    EXPECT_THAT(demo.err, HasSubstr("unknown or incomplete option"));
  }
}

}  // namespace
}  // namespace fusebox
