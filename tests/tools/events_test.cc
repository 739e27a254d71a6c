// events_test.cc: fusebox events.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "fusebox/core/types.h"
#include "tests/tools/process.h"
#include "tests/tools/pty.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::Not;

class Events : public testing::Test {
 protected:
  Events() { setenv("TZ", "UTC", 1); }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"events", "--admin", process_.address()});
    return RunTool(arguments);
  }

  static long LinesOf(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }

  ScriptedProcess process_{"events"};
};

TEST_F(Events, ArePrintedOldestFirst) {
  process_.Call("-----", "/s/A");
  process_.HalfOpen("/s/B");
  const Finished events = Run({});
  EXPECT_EQ(events.exit_code, 0);
  const std::string time = R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})";
  const std::string opened =
      ": CLOSED -> OPEN for 60s: 5 consecutive failures, last UNAVAILABLE: "
      "refused\n";
  EXPECT_TRUE(std::regex_match(
      events.out,
      std::regex(time + "  /s/A" + opened + time + "  /s/B" + opened + time +
                 "  /s/B: OPEN -> HALF_OPEN: its opening is "
                 "over\n")))
      << events.out;
  EXPECT_THAT(Run({"/s/B"}).out, Not(HasSubstr("/s/A")));
}

TEST_F(Events, AreOnlyThoseThatMatchTheFilter) {
  // The first five events. The filter finds one of them: --after skips one,
  // and one each differs in its method, target or key.
  process_.Call("-----", "/s/Early", "t", "k");
  process_.Call("-----", "/other/M", "t", "k");
  process_.Call("-----", "/s/Target", "", "k");
  process_.Call("-----", "/s/Key", "t");
  process_.Call("-----", "/s/Found", "t", "k");
  const std::vector<std::string> filter = {"/s/*",       "--target", "t",
                                           "--key",      "k",        "--type",
                                           "transition", "--after",  "1"};
  EXPECT_THAT(Run(filter).out, HasSubstr("/s/Found [k] on t: CLOSED -> OPEN"));
  EXPECT_EQ(LinesOf(Run(filter).out), 1);

  Breaker& found = process_.Find("/s/Found", "t", "k");
  found.SetOperatorMode(Mode::kDryRun);
  found.Reset();
  process_.Call("-----", "/s/Found", "t", "k");
  EXPECT_EQ(LinesOf(Run(filter).out), 3) << "no change of mode";
  EXPECT_EQ(LinesOf(Run({"--type", "MODE"}).out), 1);
  EXPECT_EQ(LinesOf(Run({"--type", "MODE", "--type", "transition"}).out), 8);
  EXPECT_EQ(LinesOf(Run({"--limit", "7"}).out), 7);
}

TEST_F(Events, OfSeveralProcessesAreSortedByTime) {
  ScriptedProcess other("events2");
  other.Call("-----", "/s/Early");
  process_.Call("-----", "/s/Late");
  const Finished events = Run({"--admin", other.address()});
  const size_t early = events.out.find("  events2  /s/Early");
  EXPECT_NE(early, std::string::npos) << events.out;
  EXPECT_LT(early, events.out.find("  events  /s/Late"));
}

TEST_F(Events, JsonHasOneEventPerLine) {
  process_.Call("-----", "/s/A");
  const Finished events = Run({"--json"});
  const auto json = nlohmann::json::parse(events.out);
  EXPECT_EQ(json["process"], process_.address());
  EXPECT_EQ(json["sequence"], 1);
  EXPECT_EQ(json["type"], "TRANSITION");
  EXPECT_TRUE(std::regex_match(
      json["time"].get<std::string>(),
      std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)")))
      << json["time"];
}

TEST_F(Events, AreFollowedAcrossARestartAndShowTheirGaps) {
  process_.Call("-----", "/s/Before");
  Pty follow({"events", "--follow", "--type", "transition", "--admin",
              process_.address()});
  follow.AwaitText("/s/Before: CLOSED -> OPEN");
  process_.Call("-----", "/s/Live");
  follow.AwaitText("/s/Live: CLOSED -> OPEN");
  process_.LoseEvents(12);
  process_.Call("-----", "/s/Past");
  follow.AwaitText("-- 12 events missed");
  follow.AwaitText("/s/Past: CLOSED -> OPEN");

  process_.Stop();
  follow.AwaitText("reconnecting ...");
  process_.Restart();
  follow.AwaitText("the process was restarted");
  process_.Call("-----", "/s/Anew");
  follow.AwaitText("/s/Anew: CLOSED -> OPEN");
  EXPECT_EQ(follow.Text().find("missed"), follow.Text().rfind("missed"));
  follow.Type("\x03");
  EXPECT_EQ(follow.AwaitExit(), 128 + SIGINT);
}

TEST_F(Events, AreFollowedInEverySocketThatMatchesAPattern) {
  std::string pattern = process_.address();
  pattern.replace(pattern.find("events"), 6, "events*");
  Pty follow({"events", "-f", "--type", "transition", "--admin", pattern});
  process_.AwaitWatchers(1);
  ScriptedProcess second("events2");
  second.AwaitWatchers(1);
  second.Call("-----", "/s/M");
  follow.AwaitText("events2  /s/M: CLOSED -> OPEN");
  second.Stop();
  follow.AwaitText("reconnecting ...");
  process_.Call("-----", "/s/Still");
  follow.AwaitText("/s/Still: CLOSED -> OPEN");
}

TEST_F(Events, AreFollowedByType) {
  Pty follow({"events", "-f", "--type", "mode", "--admin", process_.address()});
  process_.AwaitWatchers(1);
  process_.Call("-----", "/s/Other");
  process_.Find("/s/Held").SetOperatorMode(Mode::kDryRun);
  follow.AwaitText("/s/Held: mode DRY_RUN");
  EXPECT_FALSE(follow.Shows("/s/Other"));
}

}  // namespace
}  // namespace fusebox
