// watch_test.cc: fusebox watch, on a terminal and without one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/policy/config_builder.h"
#include "fusebox/policy/policy.h"
#include "fusebox/registry/internal/binding.h"
#include "tests/tools/hostile_admin.h"
#include "tests/tools/pty.h"
#include "tests/tools/scripted_process.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;  // NOLINT
using testing::IsEmpty;

class Watch : public testing::Test {
 protected:
  std::vector<std::string> Line() const {
    return {"watch", "--admin", process_.address()};
  }

  void Open(const std::string& method) { process_.Call("-----", method); }

  // Takes the breaker out of use: the methods of its service share one now.
  void Remove(const std::string& service) {
    const auto config =
        ConfigBuilder()
            .Service(service, [](Policy& p) { p.scope = Scope::kService; })
            .Build();
    EXPECT_TRUE(process_.registry().Update(*config).ok());
  }

  ScriptedProcess process_{"watch"};
};

TEST_F(Watch, ShowsTroubledBreakersFirstAndFollowsChanges) {
  process_.Find("/s/Able");
  Open("/z/Zebra");
  Pty watch(Line());
  watch.AwaitText("/s/Able");
  EXPECT_LT(watch.Text().find("/z/Zebra"), watch.Text().find("/s/Able"));
  EXPECT_TRUE(watch.Shows("2 breakers of watch (pid "));
  EXPECT_TRUE(watch.Shows("1 OPEN, 0 HALF_OPEN"));
  EXPECT_EQ(watch.terminal().ColourOf("OPEN  "), 31);
  EXPECT_EQ(watch.terminal().ColourOf("CLOSED  "), 32);

  process_.HalfOpen("/s/Able");
  watch.AwaitText("1 OPEN, 1 HALF_OPEN");
  EXPECT_EQ(watch.terminal().ColourOf("HALF_OPEN  "), 33);
  Remove("z");
  watch.AwaitText("0 OPEN, 1 HALF_OPEN");
  EXPECT_FALSE(watch.Shows("/z/Zebra  "));
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, CountsDownToTheNextProbeByItself) {
  Open("/s/Down");
  Pty watch(Line());
  watch.AwaitText("in 1m");
  watch.AwaitText("in 59s");  // while the process's clock stands still
  process_.clock().Advance(60s);
  process_.Find("/s/Down").ReportFallback();  // makes the process report it
  watch.AwaitText("next call");
}

TEST_F(Watch, ListsTransitionsAtTheBottom) {
  process_.HalfOpen("/s/M");
  process_.BeginProbe("/s/M");
  Open("/s/Early");
  Pty watch(Line());
  watch.AwaitText("/s/Early: CLOSED -> OPEN");
  process_.Call("+", "/s/M");
  watch.AwaitText("/s/M: HALF_OPEN -> CLOSED");
  EXPECT_LT(watch.Text().find("/s/Early: CLOSED"),
            watch.Text().find("/s/M: HALF_OPEN"));
  EXPECT_FALSE(watch.Shows("a probe begins"));
}

TEST_F(Watch, SortsAndFiltersAsKeysSay) {
  process_.Find("/a/Able");
  Open("/z/Zebra");
  Pty watch(Line());
  watch.AwaitText("/a/Able");
  watch.Type("s");
  watch.AwaitText("sorted by name");
  EXPECT_LT(watch.Text().find("/a/Able"), watch.Text().find("/z/Zebra  "));
  watch.Type("t");
  watch.AwaitNoText("/a/Able");
  watch.Type("t/ABLE");
  watch.AwaitText("/ABLE_");
  watch.AwaitText("/a/Able");
  watch.Type("qq\x7f\x7f\r");
  watch.AwaitText("sorted by name, /ABLE");
  watch.AwaitNoText("/z/Zebra  ");
  watch.Type("\x1b");
  watch.AwaitText("/z/Zebra  ");
}

TEST_F(Watch, ExplainsItsKeys) {
  Open("/s/M");
  Pty watch(Line());
  watch.AwaitText("/s/M");
  watch.Type("?");
  watch.AwaitText("type a part of a name");
  watch.Type("?");
  watch.AwaitText("/s/M");
}

TEST_F(Watch, SurvivesARestartOfTheProcess) {
  Open("/s/Before");
  Pty watch(Line());
  watch.AwaitText("/s/Before  ");
  process_.Stop();
  watch.AwaitText("reconnecting ... ");
  EXPECT_TRUE(watch.Shows("/s/Before  ")) << "the last known state stays";
  process_.Restart();
  process_.Find("/s/After");
  watch.AwaitText("/s/After");
  watch.AwaitNoText("reconnecting");
  EXPECT_FALSE(watch.Shows("/s/Before  "));
  EXPECT_TRUE(watch.Shows("the process was restarted"));
}

TEST_F(Watch, WaitsForAProcessThatIsNotThereYet) {
  process_.Stop();
  ScriptedProcess other("watch2");
  other.Find("/s/Other");
  std::vector<std::string> line = Line();
  line.insert(line.end(), {"--admin", other.address()});
  Pty watch(line);
  watch.AwaitText("/s/Other");
  watch.AwaitText("connecting ... UNAVAILABLE");
  EXPECT_TRUE(watch.Shows("1 breaker of 2 processes"));
  EXPECT_TRUE(watch.Shows("PROCESS"));
}

TEST_F(Watch, RestoresTheTerminalWhenItEnds) {
  process_.Find("/s/M");
  struct Case {
    std::string keys;
    int signal;
  };
  for (const Case& c :
       {Case{"q", 0}, Case{"\x03", 0}, Case{"", SIGTERM}, Case{"", SIGHUP}}) {
    Pty watch(Line());
    watch.AwaitText("/s/M");
    EXPECT_TRUE(watch.terminal().alternate());
    EXPECT_FALSE(watch.terminal().cursor());
    EXPECT_FALSE(watch.IsCooked());
    c.signal == 0 ? watch.Type(c.keys) : watch.Send(c.signal);
    EXPECT_EQ(watch.AwaitExit(), 0);
    EXPECT_FALSE(watch.terminal().alternate());
    EXPECT_TRUE(watch.terminal().cursor());
    EXPECT_TRUE(watch.IsCooked());
  }
}

TEST_F(Watch, RestoresTheTerminalWhileItIsStopped) {
  process_.Find("/s/M");
  Pty shell = Pty::Shell("$FUSEBOX watch --admin " + process_.address() +
                         "; echo stopped; read -r; fg; echo ended $?");
  shell.AwaitText("/s/M");
  shell.Type("\x1a");
  shell.AwaitText("stopped\n");
  EXPECT_FALSE(shell.terminal().alternate());
  EXPECT_TRUE(shell.terminal().cursor());
  EXPECT_TRUE(shell.IsCooked());
  shell.Type("\n");
  shell.AwaitText("q quit");
  EXPECT_TRUE(shell.terminal().alternate());
  EXPECT_TRUE(shell.Shows("/s/M"));
  shell.Type("q");
  shell.AwaitText("ended 0");
}

TEST_F(Watch, FillsTheTerminalAtAnySize) {
  for (int i = 10; i < 40; ++i) {
    process_.Find("/shop.v1.Cart/Method" + std::to_string(i));
  }
  Pty watch(Line());
  watch.AwaitText("1-20 of 30");
  watch.Resize(10, 40);
  watch.AwaitText("1-6 of 30");
  EXPECT_TRUE(watch.Shows("/Method10"));
  EXPECT_EQ(watch.Text().find("\nq quit"),
            watch.Text().rfind('\n', watch.Text().size() - 2))
      << "the last line shows the keys";
  watch.Resize(50, 200);
  watch.AwaitText("/shop.v1.Cart/Method39");
  watch.Resize(1, 5);
  watch.Resize(24, 100);
  watch.AwaitText("1-20 of 30");
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, OnANarrowTerminalWhyTakesLinesFromTheOthers) {
  for (int i = 10; i < 20; ++i) Open("/s/Ill" + std::to_string(i));
  for (int i = 10; i < 40; ++i) {
    process_.Find("/s/Able" + std::to_string(i));
  }
  Pty::Options options;
  options.rows = 36;
  options.columns = 80;
  Pty watch(Line(), options);
  watch.AwaitText("1-19 of 40");
  EXPECT_TRUE(watch.Shows("/s/Ill18\nOPEN"));
  EXPECT_TRUE(watch.Shows("/s/Ill19\n    5 consecutive failures, last"));
  watch.Type("G");
  watch.AwaitText("21-40 of 40");
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, ScrollsByKeys) {
  for (int i = 10; i < 40; ++i) {
    process_.Find("/s/Method" + std::to_string(i));
  }
  Pty watch(Line());
  struct Case {
    std::string keys;
    std::string rows;
  };
  watch.AwaitText("1-20 of 30");
  for (const Case& c :
       {Case{"j", "2-21"}, Case{"\x1b[B", "3-22"}, Case{"\x1b[A", "2-21"},
        Case{"\x1b[6~", "11-30"}, Case{"j", "11-30"}, Case{"g", "1-20"},
        Case{"k", "1-20"}, Case{"G", "11-30"}, Case{"\x1b[5~", "1-20"}}) {
    watch.Type(c.keys);
    watch.AwaitText(c.rows + " of 30");
  }
  EXPECT_TRUE(watch.Shows("/s/Method10"));
}

TEST_F(Watch, HasNoColoursIfTheEnvironmentForbidsThem) {
  Open("/s/M");
  Pty::Options options;
  options.environment.emplace_back("NO_COLOR=1");
  Pty watch(Line(), options);
  watch.AwaitText("/s/M");
  EXPECT_TRUE(watch.terminal().alternate());
  EXPECT_EQ(watch.terminal().ColourOf("OPEN  "), 0);
  EXPECT_EQ(watch.bytes().find("\x1b[31m"), std::string::npos);
}

TEST_F(Watch, CoversTheTerminalWhateverColumnsSays) {
  process_.Find("/s/M");
  Pty::Options options;
  options.environment.insert(options.environment.end(),
                             {"COLUMNS=40", "LINES=5"});
  Pty watch(Line(), options);
  watch.AwaitText("REJECTED");
  EXPECT_TRUE(watch.Shows("q quit   ? help\n"));
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, FollowsTheSocketsThatMatchAPattern) {
  process_.Find("/s/First");
  std::string pattern = process_.address();
  pattern.replace(pattern.find("watch"), 5, "w*");
  Pty watch({"watch", "--admin", pattern});
  watch.AwaitText("/s/First");
  EXPECT_TRUE(watch.Shows("1 breaker of watch (pid "));
  ScriptedProcess second("w2");
  second.Find("/s/Second");
  watch.AwaitText("2 breakers of 2 processes");
  process_.Stop();
  watch.AwaitText("1 breaker of w2 (pid ");
  watch.AwaitNoText("reconnecting");
  EXPECT_FALSE(watch.Shows("/s/First"));
  process_.Restart();
  process_.Find("/s/Again");
  watch.AwaitText("/s/Again");
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, LinesFollowThePatternToo) {
  process_.Find("/s/First");
  std::string pattern = process_.address();
  pattern.replace(pattern.find("watch"), 5, "w*");
  for (const char* const how : {"--json", "--troubled"}) {
    Pty::Options options;
    options.columns = 400;
    options.environment = {"TERM=dumb"};
    Pty watch({"watch", "--admin", pattern, how}, options);
    process_.AwaitWatchers(1);
    ScriptedProcess second("w2");
    second.Call("-----", "/s/Second");
    watch.AwaitText("/s/Second");
    EXPECT_TRUE(watch.Shows(second.address()));
    watch.Send(SIGINT);
    EXPECT_EQ(watch.AwaitExit(), 128 + SIGINT);
    process_.AwaitWatchers(0);
  }
}

TEST(HostileWatch, KeepsControlOfTheTerminal) {
  HostileAdmin admin("hostile");
  admin.breaker.mutable_name()->set_method("/s/\x1b[10;10H\xe4\xb8\xad");
  admin.breaker.set_state(v1::OPEN);
  admin.breaker.set_cause("\x1b[?1049l");
  admin.event.set_sequence(1);
  admin.event.set_type("TRANSITION");
  admin.event.set_text("\x1b]0;title\x07");
  Pty watch({"watch", "--admin", admin.address()});
  watch.AwaitText("\\x1b]0;title\\x07");
  EXPECT_TRUE(watch.Shows("/s/\\x1b[10;10H\xe4\xb8\xad"));
  EXPECT_TRUE(watch.terminal().alternate());
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

// The terminal shows what comes out of the pipe.
TEST_F(Watch, WithoutATerminalPrintsOneLinePerChange) {
  process_.Find("/s/M");
  Pty shell =
      Pty::Shell("$FUSEBOX watch --admin " + process_.address() + " | cat");
  shell.AwaitText("/s/M: CLOSED\n");
  Open("/s/M");
  shell.AwaitText("/s/M: CLOSED -> OPEN: 5 consecutive failures, last ");
  process_.clock().Advance(1s);
  process_.Find("/s/M").ReportFallback();  // prints no line
  process_.Find("/s/M").SetOperatorMode(Mode::kForcedOpen);
  shell.AwaitText(
      "refused\n/s/M: OPEN -> OPEN, mode FORCED_OPEN*: 5 consecutive ");
  process_.Find("/s/M").Reset();
  shell.AwaitText(
      "/s/M: OPEN, mode FORCED_OPEN* -> CLOSED, mode FORCED_OPEN*\n");
  process_.Stop();
  shell.AwaitText("-- lost: ");
  process_.Restart();
  shell.AwaitText("-- connected again\n-- the process was restarted\n");
  process_.Find("/s/M");
  shell.AwaitText("/s/M: CLOSED\n");
  Remove("s");
  shell.AwaitText("/s/M: gone\n");
  EXPECT_EQ(shell.bytes().find('\x1b'), std::string::npos);
  shell.Type("\x03");
  EXPECT_EQ(shell.AwaitExit(), 128 + SIGINT);
}

TEST_F(Watch, JsonIsEachResponse) {
  process_.Find("/s/M");
  Pty::Options options;
  options.columns = 400;
  std::vector<std::string> line = Line();
  line.emplace_back("--json");
  Pty watch(line, options);
  watch.AwaitText(
      R"("snapshot":true,"breakers":[{"name":{"target":"","method":)"
      R"("/s/M","key":""})");
  Open("/s/M");
  watch.AwaitText(R"("events":[{"sequence":1,)");
  process_.Stop();
  watch.AwaitText("{\"process\":\"" + process_.address() + "\",\"lost\":\"");
  watch.Send(SIGINT);
  EXPECT_EQ(watch.AwaitExit(), 128 + SIGINT);
}

}  // namespace
}  // namespace fusebox
