// watch_test.cc: fusebox watch, on a terminal and without one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/tools/fake_admin.h"
#include "tests/tools/pty.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

v1::Breaker Open(const std::string& method, int64_t probe_in) {
  v1::Breaker breaker = MakeBreaker(method, v1::OPEN);
  breaker.mutable_in_state()->set_seconds(1);
  breaker.mutable_probe_in()->set_seconds(probe_in);
  breaker.set_cause("5 consecutive failures");
  return breaker;
}

class Watch : public testing::Test {
 protected:
  std::vector<std::string> Line() const {
    return {"watch", "--admin", admin_.address()};
  }

  FakeAdmin admin_{FakeAdmin::UnixAddress("watch")};
};

TEST_F(Watch, ShowsTheTroubledFirstAndChangesAsTheyCome) {
  admin_.Put(MakeBreaker("/s/Able"));
  admin_.Put(Open("/s/Zebra", 100));
  Pty watch(Line());
  watch.AwaitText("/s/Able");
  EXPECT_LT(watch.Text().find("/s/Zebra"), watch.Text().find("/s/Able"));
  EXPECT_TRUE(watch.Shows("2 breakers of fake (pid "));
  EXPECT_TRUE(watch.Shows("1 OPEN, 0 HALF_OPEN"));
  EXPECT_EQ(watch.terminal().ColourOf("OPEN  "), 31);
  EXPECT_EQ(watch.terminal().ColourOf("CLOSED"), 32);

  admin_.Put(MakeBreaker("/s/Able", v1::HALF_OPEN));
  watch.AwaitText("1 OPEN, 1 HALF_OPEN");
  EXPECT_EQ(watch.terminal().ColourOf("HALF_OPEN  "), 33);
  v1::BreakerName gone;
  gone.set_method("/s/Zebra");
  admin_.Remove(gone);
  watch.AwaitNoText("/s/Zebra");
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, CountsDownToTheNextProbeByItself) {
  admin_.Put(Open("/s/Down", 90));
  Pty watch(Line());
  watch.AwaitText("in 1m");
  const size_t at = watch.Text().find("in 1m");
  const std::string first = watch.Text().substr(at, 8);  // "in 1m30s"
  watch.AwaitNoText(first);
  admin_.Put(Open("/s/Down", 0));
  watch.AwaitText("next call");
}

TEST_F(Watch, ListsTransitionsAtTheBottom) {
  admin_.Put(MakeBreaker("/s/M"));
  admin_.Add(MakeTransition("/s/Early", v1::CLOSED, v1::OPEN));
  v1::Event probe;
  probe.set_type("PROBE");
  probe.set_text("a probe of no interest");
  admin_.Add(probe);
  Pty watch(Line());
  watch.AwaitText("/s/Early CLOSED -> OPEN");
  admin_.Add(MakeTransition("/s/M", v1::OPEN, v1::HALF_OPEN));
  watch.AwaitText("/s/M OPEN -> HALF_OPEN");
  EXPECT_LT(watch.Text().find("/s/Early CLOSED"),
            watch.Text().find("/s/M OPEN"));
  admin_.Miss(12);
  watch.AwaitText("12 events missed");
  EXPECT_FALSE(watch.Shows("of no interest"));
}

TEST_F(Watch, SurvivesTheProcessesRestart) {
  admin_.Put(Open("/s/Before", 100));
  Pty watch(Line());
  watch.AwaitText("/s/Before");
  admin_.Stop();
  watch.AwaitText("reconnecting ... ");
  EXPECT_TRUE(watch.Shows("/s/Before")) << "what was is still of use";
  v1::BreakerName before;
  before.set_method("/s/Before");
  admin_.Remove(before);
  admin_.Put(MakeBreaker("/s/After"));
  admin_.Restart();
  watch.AwaitText("/s/After");
  watch.AwaitNoText("reconnecting");
  EXPECT_FALSE(watch.Shows("/s/Before"));
  EXPECT_TRUE(watch.Shows("the process was restarted"));
}

TEST_F(Watch, WaitsForAProcessThatIsNotThereYet) {
  admin_.Stop();
  FakeAdmin other(FakeAdmin::UnixAddress("watch2"));
  other.Put(MakeBreaker("/s/Other"));
  std::vector<std::string> line = Line();
  line.insert(line.end(), {"--admin", other.address()});
  Pty watch(line);
  watch.AwaitText("/s/Other");
  watch.AwaitText("connecting ... UNAVAILABLE");
  EXPECT_TRUE(watch.Shows("1 breaker of 2 processes"));
  EXPECT_TRUE(watch.Shows("PROCESS"));
}

TEST_F(Watch, GivesTheTerminalBackWhenItEnds) {
  admin_.Put(MakeBreaker("/s/M"));
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

TEST_F(Watch, GivesTheTerminalBackWhileItIsStopped) {
  admin_.Put(MakeBreaker("/s/M"));
  Pty shell = Pty::Shell("$FUSEBOX watch --admin " + admin_.address() +
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
    admin_.Put(MakeBreaker("/shop.v1.Cart/Method" + std::to_string(i)));
  }
  Pty watch(Line());
  watch.AwaitText("1-20 of 30");
  watch.Resize(10, 40);
  watch.AwaitText("1-6 of 30");
  EXPECT_TRUE(watch.Shows("/Method10"));
  EXPECT_EQ(watch.Text().find("\nq quit"),
            watch.Text().rfind('\n', watch.Text().size() - 2))
      << "keys are told of in the last line";
  watch.Resize(50, 200);
  watch.AwaitText("/shop.v1.Cart/Method39");
  watch.Resize(1, 5);
  watch.Resize(24, 100);
  watch.AwaitText("1-20 of 30");
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

TEST_F(Watch, ScrollsByKeys) {
  for (int i = 10; i < 40; ++i) {
    admin_.Put(MakeBreaker("/s/Method" + std::to_string(i)));
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

TEST_F(Watch, HasNoColoursWhereNoneAreWanted) {
  admin_.Put(Open("/s/M", 100));
  for (const std::string variable : {"NO_COLOR=1", "TERM=dumb"}) {
    Pty::Options options;
    options.environment = {variable};
    Pty watch(Line(), options);
    watch.AwaitText("/s/M");
    EXPECT_EQ(watch.terminal().ColourOf("OPEN  "), 0);
    EXPECT_FALSE(watch.bytes().find("\x1b[31m") != std::string::npos);
  }
}

TEST_F(Watch, IsNotMovedByWhatProcessesSend) {
  v1::Breaker breaker = MakeBreaker("/s/\x1b[10;10H\xe4\xb8\xad");
  breaker.set_state(v1::OPEN);
  breaker.set_cause("\x1b[?1049l");
  admin_.Put(breaker);
  v1::Event event = MakeTransition("/s/M", v1::CLOSED, v1::OPEN);
  event.set_text("\x1b]0;title\x07");
  admin_.Add(event);
  Pty watch(Line());
  watch.AwaitText("\\x1b]0;title\\x07");
  EXPECT_TRUE(watch.Shows("/s/\\x1b[10;10H\xe4\xb8\xad"));
  EXPECT_TRUE(watch.terminal().alternate());
  EXPECT_THAT(watch.terminal().complaints(), IsEmpty());
}

// Through a pipe, the whole of which the terminal shows.
TEST_F(Watch, WithoutATerminalPrintsALineAChange) {
  admin_.Put(MakeBreaker("/s/M"));
  Pty shell =
      Pty::Shell("$FUSEBOX watch --admin " + admin_.address() + " | cat");
  shell.AwaitText("/s/M: CLOSED\n");
  admin_.Put(Open("/s/M", 5));
  shell.AwaitText("/s/M: CLOSED -> OPEN: 5 consecutive failures\n");
  admin_.Put(Open("/s/M", 4));
  v1::Breaker held = MakeBreaker("/s/M");
  held.set_mode(v1::Policy::FORCED_OPEN);
  held.set_operator_mode(v1::Policy::FORCED_OPEN);
  admin_.Put(held);
  shell.AwaitText("/s/M: OPEN -> CLOSED, mode FORCED_OPEN*\n");
  admin_.Stop();
  shell.AwaitText("-- lost: ");
  admin_.Restart();
  shell.AwaitText("-- connected again\n-- the process was restarted\n");
  v1::BreakerName gone;
  gone.set_method("/s/M");
  admin_.Remove(gone);
  shell.AwaitText("/s/M: gone\n");
  EXPECT_EQ(shell.bytes().find('\x1b'), std::string::npos);
  shell.Type("\x03");
  EXPECT_EQ(shell.AwaitExit(), 128 + SIGINT);
}

TEST_F(Watch, JsonIsEachResponse) {
  admin_.Put(MakeBreaker("/s/M"));
  Pty::Options options;
  options.columns = 400;
  std::vector<std::string> line = Line();
  line.emplace_back("--json");
  Pty watch(line, options);
  watch.AwaitText(
      "\"snapshot\":true,\"breakers\":[{\"name\":{\"method\":\"/s/M\"}");
  admin_.Add(MakeTransition("/s/M", v1::CLOSED, v1::OPEN));
  watch.AwaitText("\"events\":[{\"sequence\":\"1\"");
  admin_.Stop();
  watch.AwaitText("{\"process\":\"" + admin_.address() + "\",\"lost\":\"");
  watch.Send(SIGINT);
  EXPECT_EQ(watch.AwaitExit(), 128 + SIGINT);
}

TEST(TerminalOutput, TablesHaveColoursAndTheTerminalsWidth) {
  FakeAdmin admin(FakeAdmin::UnixAddress("colours"));
  v1::Breaker open = Open("/shop.v1.VeryLongServiceName/AndItsMethod", 5);
  open.set_cause("5 consecutive failures, last UNAVAILABLE: " +
                 std::string(100, 'x'));
  admin.Put(open);
  Pty::Options options;
  options.columns = 80;
  Pty list({"list", "--admin", admin.address()}, options);
  EXPECT_EQ(list.AwaitExit(), 0);
  EXPECT_EQ(list.terminal().ColourOf("OPEN  "), 31);
  EXPECT_TRUE(list.Shows("AndItsMethod")) << "a name is cut at its start";
  EXPECT_TRUE(list.Shows("\u2026"));
  EXPECT_EQ(list.Text().find("\n\n"), list.Text().find("\n", 90))
      << "a line each: " << list.Text();
}

}  // namespace
}  // namespace fusebox
