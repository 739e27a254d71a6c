// list_test.cc: fusebox list.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "fusebox/config/config_parser.h"
#include "fusebox/core/permit.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config_builder.h"
#include "tests/tools/hostile_admin.h"
#include "tests/tools/process.h"
#include "tests/tools/pty.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;  // NOLINT
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Has one OPEN breaker and one CLOSED breaker, which both have seen calls.
class List : public testing::Test {
 protected:
  List()
      : process_("list",
                 *ConfigBuilder()
                      .Default([](Policy& p) { p.open_duration = 12800ms; })
                      .Method("s", "M",
                              [](Policy& p) {
                                p.failure_rate = FailureRate{0.5, 20};
                              })
                      .Build()) {
    const auto checkout = [&](const std::string& outcomes) {
      process_.Call(outcomes, "/shop.v1.Cart/Checkout", "shop:443", "eu");
    };
    checkout(std::string(1222, '+') + "-----");
    process_.clock().Advance(12800ms);
    {
      const Admission probe =
          process_.Find("/shop.v1.Cart/Checkout", "shop:443", "eu").Acquire();
      checkout("++++++");  // finds the probe busy
    }
    checkout("+-----");
    checkout(std::string(50, '+'));
    process_.clock().Advance(12s);
    process_.Call(std::string(26, '+') + "----+----+----+----+--", "/s/M");
  }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"list", "--admin", address()});
    return RunTool(arguments);
  }

  const std::string& address() const { return process_.address(); }

  ScriptedProcess process_;
};

TEST_F(List, ShowsStateCountsAndCauseOfEachBreaker) {
  const Finished list = Run({});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.err, IsEmpty());
  EXPECT_EQ("\n" + list.out, R"(
BREAKER                      TARGET    STATE   FOR  MODE     PROBE    CALLS  REJECTED  FAILURES                       WHY
/s/M                                   CLOSED       ENFORCE              48         0  2/5 in a row, 37.5%/50% of 48
/shop.v1.Cart/Checkout [eu]  shop:443  OPEN    12s  ENFORCE  in 0.8s  1,234        56                                 5 consecutive failures, last UNAVAILABLE: refused
)");
}

TEST_F(List, OnANarrowTerminalWhyHasALineOfItsOwn) {
  Pty::Options options;
  options.columns = 80;
  Pty list({"list", "--troubled", "--admin", address()}, options);
  EXPECT_EQ(list.AwaitExit(), 1);
  EXPECT_THAT("\n" + list.Text(), StartsWith(R"(
STATE  FOR  REJECTED  BREAKER
OPEN   12s        56  /shop.v1.Cart/Checkout [eu]
    5 consecutive failures, last UNAVAILABLE: refused
)"));
  EXPECT_THAT(list.Text(), HasSubstr(R"(
1 circuit not CLOSED for up to 12s: 50 rejected
Probes close them when the backend is back. At once: fusebox reset NAME
More: fusebox get NAME; fusebox events --type transition --since 10m
)"));
}

TEST_F(List, OnANarrowTerminalCircuitsShareTheirWhy) {
  ScriptedProcess process("narrow");
  process.Call("-----", "/s/A");
  process.Call("-----?", "/s/B");
  ScriptedProcess other("narrow2", *ParseConfigJson(R"({"defaultPolicy": {
      "consecutiveFailures": 2}})"));
  other.Call("--", "/s/A");
  ScriptedProcess third("narrow3");
  third.Call("-----", "/s/A");
  process.clock().Advance(60s);
  process.Call("-", "/s/B");
  Pty::Options options;
  options.columns = 80;
  Pty list({"list", "--troubled", "--admin", process.address(), "--admin",
            other.address(), "--admin", third.address()},
           options);
  EXPECT_EQ(list.AwaitExit(), 1);
  EXPECT_THAT("\n" + list.Text(), StartsWith(R"(
STATE  FOR  REJECTED  PROCESS  BREAKER
OPEN    1m         0  narrow   /s/A
OPEN    1m         1  narrow   /s/B
OPEN    0s         0  narrow3  /s/A
    5 consecutive failures, last UNAVAILABLE: refused
OPEN    0s         0  narrow2  /s/A
    2 consecutive failures, last UNAVAILABLE: refused
)"));
}

TEST_F(List, ShowsSinceWhenAndWhyThroughFailedProbes) {
  ScriptedProcess process("probed");
  process.Call("-----", "/s/M");
  for (int i = 0; i < 3; ++i) {
    process.clock().Advance(60s);
    process.Call("-", "/s/M");
  }
  const std::string out = RunTool({"list", "--admin", process.address()}).out;
  EXPECT_THAT(out, HasSubstr("OPEN    3m  ENFORCE"));
  EXPECT_THAT(out, HasSubstr("5 consecutive failures, last UNAVAILABLE: "
                             "refused; then a probe failed: UNAVAILABLE: "
                             "refused\n"));
}

TEST_F(List, NamesProcessesThatHaveTheSameNameByTheirNumbersToo) {
  ScriptedProcess one("shop");
  one.Find("/s/One");
  ScriptedProcess two("shop", {}, false, ScriptedProcess::UnixAddress("two"));
  two.Find("/s/Two");
  const Finished list =
      RunTool({"list", "--admin", one.address(), "--admin", two.address()});
  const std::string name = "shop/" + std::to_string(getpid());
  EXPECT_THAT(list.out, HasSubstr("\n" + name + "  /s/One"));
  EXPECT_THAT(list.out, HasSubstr("\n" + name + "  /s/Two"));
}

TEST_F(List, ShowsTheFailureScoreWhereItsRuleIsOn) {
  Config config;
  config.default_policy.failure_score = FailureScore{20};
  ScriptedProcess process("scored", config);
  process.Call("--+", "/s/M");
  EXPECT_THAT(RunTool({"list", "--admin", process.address()}).out,
              HasSubstr("0/5 in a row, score 3/20"));
}

TEST_F(List, ShowsOnlyWhatMatchesTheFilter) {
  const std::vector<std::string> filter = {
      "/shop.v1.*", "--target", "s*",      "--key",     "e?",
      "--state",    "open",     "--state", "HALF-OPEN", "--troubled"};
  // Each of these breakers misses one part of the filter.
  process_.Call("-----", "/s/Method", "shop:443", "eu");
  process_.Call("-----", "/shop.v1.Cart/Target", "backup:443", "eu");
  process_.Call("-----", "/shop.v1.Cart/Key", "shop:443", "europe");
  process_.Call("+", "/shop.v1.Cart/State", "shop:443", "eu");
  process_.Find("/shop.v1.Cart/State", "shop:443", "eu")
      .SetOperatorMode(Mode::kDryRun);
  std::vector<std::string> lines = Lines(Run(filter).out);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[1], StartsWith("/shop.v1.Cart/Checkout [eu]"));

  process_.Call("-----", "/shop.v1.Cart/Half", "shop:443", "us");
  process_.clock().Advance(1min);
  process_.Call("?", "/shop.v1.Cart/Half", "shop:443", "us");
  lines = Lines(Run({"--state", "half-open"}).out);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[1], StartsWith("/shop.v1.Cart/Half [us]"));
  EXPECT_THAT(Lines(Run({"/shop.v1.Cart/*", "--troubled"}).out), SizeIs(6));
}

TEST_F(List, TroubledExitsWith1IfItFindsABreaker) {
  process_.Restart();
  process_.Find("/s/Well");
  EXPECT_EQ(Run({"--troubled"}).exit_code, 0);
  EXPECT_THAT(Run({"--troubled"}).out, IsEmpty());
  Pty terminal({"list", "--troubled", "--admin", address()});
  EXPECT_EQ(terminal.AwaitExit(), 0);
  EXPECT_TRUE(terminal.Shows("nothing is in trouble"));
  process_.HalfOpen("/s/Ill");
  const Finished found = Run({"--troubled"});
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, HasSubstr("/s/Ill"));
  EXPECT_THAT(found.out, Not(HasSubstr("/s/Well")));
}

TEST_F(List, ShowsTheProcessesThatAnswer) {
  ScriptedProcess one("one");
  one.Find("/s/One");
  ScriptedProcess two("two");
  two.Find("/s/Two");
  const std::string dead = ScriptedProcess::UnixAddress("dead");
  process_.Refuse({grpc::StatusCode::PERMISSION_DENIED, "not\nyou"});
  const Finished list =
      RunTool({"list", "--admin", one.address(), "--admin", dead, "--admin",
               address(), "--admin", two.address()});
  EXPECT_EQ(list.exit_code, 1);
  const std::vector<std::string> lines = Lines(list.out);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], StartsWith("PROCESS "));
  EXPECT_THAT(lines[1], StartsWith("one      /s/One"));
  EXPECT_THAT(lines[2], StartsWith("two      /s/Two"));
  EXPECT_THAT(list.err, HasSubstr("fusebox list: " + dead + ": UNAVAILABLE: "));
  EXPECT_THAT(list.err, HasSubstr("fusebox list: " + address() +
                                  ": PERMISSION_DENIED: not\\nyou\n"));
}

TEST_F(List, SaysThatNothingMatchesAName) {
  const Finished list = Run({"/shop.v1.Cart/Chekout", "--target", "s*"});
  EXPECT_EQ(list.exit_code, 1);
  EXPECT_THAT(list.out, IsEmpty());
  EXPECT_EQ(list.err,
            "fusebox list: no breaker matches \"/shop.v1.Cart/Chekout\" "
            "--target \"s*\"\n");
  EXPECT_EQ(Run({"--state", "half-open"}).exit_code, 0);
}

TEST_F(List, TroubledTellsUnreachableFromFound) {
  const std::string dead = ScriptedProcess::UnixAddress("dead");
  EXPECT_EQ(RunTool({"list", "--troubled", "--admin", dead}).exit_code, 3);
  EXPECT_EQ(
      RunTool({"list", "--troubled", "--admin", dead, "--admin", address()})
          .exit_code,
      1)
      << "one is open";
}

TEST_F(List, TakesAddressesFromTheEnvironment) {
  ScriptedProcess two("env2");
  two.Find("/s/Two");
  setenv("FUSEBOX_ADMIN", (address() + "," + two.address()).c_str(), 1);
  const Finished both = RunTool({"list"});
  const Finished first = Run({});
  unsetenv("FUSEBOX_ADMIN");
  EXPECT_THAT(both.out, testing::AllOf(HasSubstr("/s/M"), HasSubstr("/s/Two")));
  EXPECT_THAT(first.out, Not(HasSubstr("/s/Two")));
}

TEST_F(List, ShowsTheProcessesWhoseSocketsMatchAPattern) {
  ScriptedProcess one("glob1");
  one.Find("/s/One");
  ScriptedProcess two("glob2");
  two.Find("/s/Two");
  std::string pattern = one.address();
  pattern.replace(pattern.find('1'), 1, "[1-3]");
  const Finished list = RunTool({"list", "--admin", pattern});
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("\nglob1    /s/One"));
  EXPECT_THAT(list.out, HasSubstr("\nglob2    /s/Two"));

  for (const char* const command : {"list", "watch", "dashboard"}) {
    const Finished nothing =
        RunTool({command, "--admin", "unix:/tmp/fusebox_none*/admin.sock"});
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_EQ(nothing.err,
              "fusebox " + std::string(command) +
                  ": the address \"unix:/tmp/fusebox_none*/admin.sock\" is a "
                  "pattern that matches no socket\n");
  }
}

TEST_F(List, JsonHasOneObjectPerLineWithTheNamesOfTheSchema) {
  const std::vector<std::string> lines = Lines(Run({"--json"}).out);
  ASSERT_THAT(lines, SizeIs(2));
  const auto json = nlohmann::json::parse(lines[1]);
  EXPECT_EQ(json["process"], address());
  EXPECT_EQ(json["name"]["method"], "/shop.v1.Cart/Checkout");
  EXPECT_EQ(json["state"], "OPEN");
  EXPECT_EQ(json["inState"], "12s");
  EXPECT_EQ(json["totals"]["rejected"]["PROBES_BUSY"], 6);
  EXPECT_EQ(nlohmann::json::parse(lines[0])["thresholds"]["failureRate"], 0.5);
}

TEST(HostileList, ShowsNothingThatWouldMoveTheCursor) {
  HostileAdmin admin("hostile");
  admin.breaker.mutable_name()->set_method("/s/\x1b[2J\xc2\x9b\xe2\x80\xae\r");
  admin.breaker.mutable_name()->set_target("\x1b]0;title\x07");
  admin.breaker.set_state(v1::OPEN);
  admin.breaker.set_cause("a\nb\x07");
  for (const bool json : {false, true}) {
    std::vector<std::string> line = {"list", "--admin", admin.address()};
    if (json) line.emplace_back("--json");
    const Finished list = RunTool(line);
    for (const std::string c :
         {"\x1b", "\x07", "\r", "\xc2\x9b", "\xe2\x80\xae"}) {
      EXPECT_EQ(list.out.find(c), std::string::npos) << list.out;
    }
    EXPECT_EQ(Lines(list.out).size(), json ? 1u : 2u);
  }
  EXPECT_THAT(RunTool({"list", "--admin", admin.address()}).out,
              HasSubstr("/s/\\x1b[2J\\u{9b}\\u{202e}\\x0d"));
}

TEST_F(List, CutsNothingWithoutATerminal) {
  const std::string method = "/" + std::string(300, 'a') + "/M";
  process_.Find(method);
  const Finished list = Run({});
  EXPECT_THAT(list.out, HasSubstr(method + " "));
  EXPECT_EQ(list.out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace fusebox
