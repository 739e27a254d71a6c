// shell_test.cc: what people expect of a command in a shell: that it obeys TERM
// and COLUMNS, ends with its reader, says when it cannot write, and reads
// pipes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "fusebox/version.h"
#include "tests/tools/process.h"
#include "tests/tools/pty.h"
#include "tests/tools/scripted_process.h"
#include "tools/text/printable.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Shell : public testing::Test {
 protected:
  ScriptedProcess process_{"shell"};
};

TEST_F(Shell, PrintsLinesOnATerminalThatKnowsNoEscapeSequences) {
  process_.Find("/s/M");
  for (const std::vector<std::string>& environment :
       {std::vector<std::string>{"TERM=dumb"}, {"TERM="}, {}}) {
    Pty::Options options;
    options.environment = environment;
    Pty watch({"watch", "--admin", process_.address()}, options);
    watch.AwaitText("/s/M: CLOSED\n");
    process_.Call("-----", "/s/M");
    watch.AwaitText("/s/M: CLOSED -> OPEN: ");
    watch.Send(SIGINT);
    EXPECT_EQ(watch.AwaitExit(), 128 + SIGINT);
    EXPECT_EQ(watch.bytes().find('\x1b'), std::string::npos);

    Pty list({"list", "--admin", process_.address()}, options);
    EXPECT_EQ(list.AwaitExit(), 0);
    EXPECT_EQ(list.bytes().find('\x1b'), std::string::npos);
    process_.Find("/s/M").Reset();
  }
}

TEST_F(Shell, EndsWhenItsTerminalIsGone) {
  Pty shell =
      Pty::Shell("setsid -w $FUSEBOX watch --admin " + process_.address());
  shell.AwaitText("q quit");
  process_.AwaitWatchers(1);
  shell.HangUp();
  process_.AwaitWatchers(0);
}

// Nothing happens, so that it would have nothing to write.
TEST_F(Shell, EndsWithItsReaderWhileNothingChanges) {
  process_.Call("-----", "/s/M");
  for (const std::string command : {"watch", "watch --json", "events -f"}) {
    const std::string line =
        "$FUSEBOX " + command + " --admin " + process_.address();
    Pty shell = Pty::Shell(line + " | head -n 1; echo ended ${PIPESTATUS[0]}");
    shell.AwaitText("ended " + std::to_string(128 + SIGPIPE));
    Pty ignoring = Pty::Shell("trap '' PIPE; " + line +
                              " | head -n 1; echo ended ${PIPESTATUS[0]}");
    ignoring.AwaitText("cannot write to standard output: Broken pipe\nended 2");
    Pty full = Pty::Shell(line + " > /dev/full; echo ended $?");
    full.AwaitText("output: No space left on device\nended 2");
  }
}

TEST(TerminalOutput, TablesUseColoursAndFitTheTerminal) {
  ScriptedProcess process("colours");
  process.Call("-----", "/shop.v1.VeryLongServiceName/AndItsMethod");
  Pty::Options options;
  options.columns = 80;
  Pty list({"list", "--admin", process.address()}, options);
  EXPECT_EQ(list.AwaitExit(), 0);
  EXPECT_EQ(list.terminal().ColourOf("OPEN  "), 31);
  EXPECT_TRUE(list.Shows("/shop.v1.VeryLongServiceName/AndItsMethod"));
  EXPECT_TRUE(list.Shows("\n    5 consecutive failures, last UNAVAILABLE"))
      << list.Text();
}

size_t WidestLine(const std::string& text) {
  size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line, '\r');) {
    widest = std::max(widest, tool::DisplayWidth(line));
  }
  return widest;
}

TEST(TerminalOutput, IsAsWideAsColumnsSays) {
  ScriptedProcess process("columns");
  process.Find("/shop.v1.VeryLongServiceName.WithMore/AndItsMethodWithAName",
               "dns:///a.example");
  const auto width_with = [&](const std::string& columns) {
    Pty::Options options;
    options.columns = 121;
    options.environment = {"TERM=dumb", "COLUMNS=" + columns};
    Pty list({"list", "--admin", process.address()}, options);
    EXPECT_EQ(list.AwaitExit(), 0);
    return WidestLine(list.bytes());
  };
  const size_t whole = width_with("200");
  EXPECT_GT(whole, 121u) << "the terminal wraps it";
  EXPECT_LE(width_with("70"), 70u);
  for (const std::string wrong :
       {"", "0", "-1", "70x", "99999999999999999999"}) {
    const size_t width = width_with(wrong);
    EXPECT_GT(width, 70u) << wrong;
    EXPECT_LT(width, whole) << wrong;
  }
}

// dashboard is a server: it ends only if nobody can learn where it is.
TEST_F(Shell, SaysThatOutputCannotBeWritten) {
  process_.Find("/s/M");
  const std::string config = WriteFile("a.json", "{}");
  const std::string admin = " --admin " + process_.address();
  for (const std::string& command :
       {"check " + config, "check --json " + config, std::string("--help"),
        std::string("--version"), std::string("replay --help"), "list" + admin,
        "get /s/M" + admin, "reset '*'" + admin, "config get" + admin,
        "dashboard" + admin,
        "replay --json --calls <(echo start_us,duration_us,method,code) "
        "--config " +
            config}) {
    const Finished full = RunShell("$FUSEBOX " + command + " >/dev/full");
    EXPECT_EQ(full.exit_code, 2) << command;
    EXPECT_THAT(full.err, HasSubstr("cannot write to standard output"));
    const Finished closed = RunShell("$FUSEBOX " + command + " >&-");
    EXPECT_EQ(closed.exit_code, 2) << command;
    EXPECT_THAT(closed.err, HasSubstr("cannot write to standard output"));
  }
}

TEST(Arguments, VersionIsThatOfTheLibrary) {
  for (const char* const option : {"--version", "-V"}) {
    const Finished version = RunTool({option});
    EXPECT_EQ(version.exit_code, 0);
    EXPECT_EQ(version.out, std::string("fusebox ") + kVersion + "\n");
    EXPECT_THAT(version.err, IsEmpty());
  }
}

TEST(Arguments, HelpIsAWordToo) {
  for (const char* const command : {"list", "config"}) {
    EXPECT_EQ(RunTool({"help", command}).out, RunTool({command, "-h"}).out);
  }
  EXPECT_EQ(RunTool({"help"}).out, RunTool({"--help"}).out);
  EXPECT_EQ(RunTool({"help"}).exit_code, 0);
}

TEST(Arguments, AnUnknownCommandIsNamedWithTheNearest) {
  EXPECT_THAT(RunTool({"chekc", "a.json"}).err,
              HasSubstr("\"chekc\" is not a command; the nearest is check\n"));
  EXPECT_THAT(
      RunTool({"config", "upgrade"}).err,
      HasSubstr("\"upgrade\" is not a command; the nearest is update\n"));
}

TEST(Arguments, TwoDashesEndTheOptions) {
  EXPECT_THAT(RunTool({"check", "--", "--json"}).err,
              HasSubstr("--json: must"));
}

// CLI11 takes 010 for eight, and -1 for the largest number.
TEST(Arguments, NumbersAreDecimal) {
  const std::string config = WriteFile("a.json", "{}");
  const auto replay = [&](const std::string& seed) {
    return RunTool({"replay", "--config", config, "--seed", seed},
                   "start_us,duration_us,method,code\n")
        .exit_code;
  };
  EXPECT_EQ(replay("010"), 0);
  EXPECT_EQ(replay("18446744073709551615"), 0);
  for (const char* const wrong :
       {"-1", "0x10", "1e3", "", " 1", "18446744073709551616"}) {
    EXPECT_EQ(replay(wrong), 2) << wrong;
  }
  EXPECT_EQ(
      RunTool({"events", "--limit", "012000", "--admin", "a:1"}).exit_code, 2);
}

// Escape sequences in an argument, wherever it is repeated.
TEST(Arguments, AreSafeToPrint) {
  const std::string bad = "a\x1b[2J\nb\xc2\x9b\xff.json";
  const std::string config = WriteFile("a.json", "{}");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{bad},
        {"check", bad},
        {"check", "--" + bad, config},
        {"check", "--format", bad, config},
        {"check", config, bad},
        {"replay", "--config", bad},
        {"replay", "--config", config, "--svg", "/nowhere/" + bad},
        {"replay", "--config", config, "--seed", bad},
        {"config", bad},
        {"config", "update", bad, "--admin", "unix:/nowhere"},
        {"list", "--admin", bad},
        {"list", "--admin", "unix:" + bad, "--admin", "unix:/nowhere"},
        {"list", "--admin", "a:1", "--state", bad},
        {"mode", bad, "*"},
        {"mode", "open", "*", "--for", bad, "--admin", "a:1"},
        {"events", "--type", bad},
        {"dashboard", "--host", bad, "--admin", "a:1"}}) {
    const Finished finished =
        RunTool(words, "start_us,duration_us,method,code\n");
    EXPECT_NE(finished.exit_code, 0) << testing::PrintToString(words);
    EXPECT_THAT(finished.err, HasSubstr("[2J"));
    for (const std::string control : {"\x1b", "\nb", "\xc2\x9b", "\xff"}) {
      EXPECT_THAT(finished.err, Not(HasSubstr(control)))
          << testing::PrintToString(words);
    }
  }
}

}  // namespace
}  // namespace fusebox
