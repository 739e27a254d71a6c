// replay_test.cc: tests of `fusebox replay`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/base/read_file.h"
#include "tests/tools/process.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kConfig[] = R"({
  "defaultPolicy": {"consecutiveFailures": 2, "openDuration": "0.001s"},
  "methodPolicy": [
    {"name": [{"service": "s", "method": "Dry"}],
     "policy": {"mode": "DRY_RUN"}}
  ]
})";

constexpr char kCalls[] =
    "start_us,duration_us,method,code,pushback_ms\n"
    "0,100,/s/M,UNAVAILABLE,\n"
    "50,100,/s/M,14,\n"
    "200,500000,/s/M,UNAVAILABLE,\n"
    "300,10,/s/M,OK,\n"
    "301,10,/s/M,OK,\n"
    "302,10,/s/M,CANCELLED,\n"
    "400,0,/s/Dry,14,\n"
    "401,0,/s/Dry,14,\n"
    "402,0,/s/Dry,14,\n"
    "403,0,/s/Dry,14,\n"
    "404,0,/s/Dry,14,\n"
    "1150,10,/s/M,0,-1\n";

constexpr char kEvents[] =
    R"({"t_us":150,"method":"/s/M","event":"transition","from":"CLOSED","to":"OPEN","reason":"CONSECUTIVE_FAILURES"}
{"t_us":200,"method":"/s/M","event":"rejected","line":4,"reason":"OPEN","enforced":true}
{"t_us":300,"method":"/s/M","event":"rejected","line":5,"reason":"OPEN","enforced":true}
{"t_us":301,"method":"/s/M","event":"rejected","line":6,"reason":"OPEN","enforced":true}
{"t_us":302,"method":"/s/M","event":"rejected","line":7,"reason":"OPEN","enforced":true}
{"t_us":401,"method":"/s/Dry","event":"transition","from":"CLOSED","to":"OPEN","reason":"CONSECUTIVE_FAILURES"}
{"t_us":402,"method":"/s/Dry","event":"rejected","line":10,"reason":"OPEN","enforced":false}
{"t_us":403,"method":"/s/Dry","event":"rejected","line":11,"reason":"OPEN","enforced":false}
{"t_us":404,"method":"/s/Dry","event":"rejected","line":12,"reason":"OPEN","enforced":false}
{"t_us":1150,"method":"/s/M","event":"transition","from":"OPEN","to":"HALF_OPEN","reason":"OPEN_ELAPSED"}
{"t_us":1160,"method":"/s/M","event":"transition","from":"HALF_OPEN","to":"CLOSED","reason":"PROBE_SUCCEEDED"}
{"event":"summary","calls":12,"admitted":8,"rejected":4,"would_reject":3,"failures_admitted":7,"failures_avoided":1,"successes_rejected":2,"slow_avoided":0}
)";

class ReplayTest : public testing::Test {
 protected:
  const std::string config_ = WriteFile("breakers.json", kConfig);
  const std::string calls_ = WriteFile("calls.csv", kCalls);
};

TEST_F(ReplayTest, PrintsEventsAsJsonLines) {
  const Finished replay =
      RunTool({"replay", "--config", config_, "--calls", calls_, "--json"});
  EXPECT_EQ(replay.exit_code, 0);
  EXPECT_EQ(replay.out, kEvents);
  EXPECT_THAT(replay.err, IsEmpty());
}

TEST_F(ReplayTest, ReadsStandardInputByDefault) {
  EXPECT_EQ(RunTool({"replay", "--config", config_, "--json"}, kCalls).out,
            kEvents);
  EXPECT_EQ(
      RunTool({"replay", "--config", config_, "--json", "--calls", "-"}, kCalls)
          .out,
      kEvents);
}

TEST_F(ReplayTest, SortsUnsortedCallsAndSaysSo) {
  const Finished replay =
      RunTool({"replay", "--config", config_, "--json"},
              "start_us,duration_us,method,code\n"
              "50,100,/s/M,14\n0,100,/s/M,14\n200,0,/s/M,0\n");
  EXPECT_EQ(replay.exit_code, 0);
  EXPECT_THAT(replay.out, HasSubstr("\"t_us\":200,\"method\":\"/s/M\",\"event\""
                                    ":\"rejected\",\"line\":4"));
  EXPECT_EQ(
      replay.err,
      "fusebox replay: the calls were not sorted by their starts, and were "
      "sorted in memory\n");
}

TEST_F(ReplayTest, PrintsATableAndWhatThePolicyCostAndSaved) {
  const Finished replay =
      RunTool({"replay", "--config", config_, "--calls", calls_});
  EXPECT_EQ(replay.exit_code, 0);
  EXPECT_EQ("\n" + replay.out, R"(
BREAKER  CALLS  ADMITTED  REJECTED  WOULD REJECT  FAILED  AVOIDED  SLOW AVOIDED  LOST  OPENINGS  NOT CLOSED
/s/Dry       5         5         0             3       5        0             0     0         1        0.5s
/s/M         7         3         4             0       2        1             0     2         1        0.1s

12 calls: 4 were rejected, and 7 failed.
Saved: 1 rejected call would have failed, after waiting 0.5s in total.
Cost: 2 rejected calls would have succeeded.
Not enforced: in DRY_RUN, 3 calls passed that ENFORCE would have rejected.
)");
}

// A backend that takes 3 s, for a rule of 1 s. The first two calls open the
// circuit at 3.001 s. The only probe begins a second later, and opens it again.
class SlowReplayTest : public ReplayTest {
 protected:
  static std::string Calls() {
    std::string calls = "start_us,duration_us,method,code\n";
    for (const char* const start_ms :
         {"0", "1", "3001", "4000", "4001", "4002"}) {
      calls += std::string(start_ms) + "000,3000000,/s/M,OK\n";
    }
    return calls +
           "7500000,1000000,/s/M,OK\n"                 // just slow
           "7600000,3000000,/s/M,DEADLINE_EXCEEDED\n"  // failed and slow
           "7700000,3000000,/s/M,CANCELLED\n"          // ignored
           "7800000,999999,/s/M,OK\n";                 // almost slow
  }
  const std::string slow_ = WriteFile("slow.json", R"({"defaultPolicy": {
    "openDuration": "1s",
    "slowCallRate": {"duration": "1s", "threshold": 0.5, "minimumCalls": 2}}})");
};

TEST_F(SlowReplayTest, CountsSlowCallsThatARejectionAvoided) {
  const Finished replay =
      RunTool({"replay", "--config", slow_, "--json"}, Calls());
  EXPECT_THAT(replay.out, HasSubstr(R"("from":"HALF_OPEN","to":"OPEN",)"
                                    R"("reason":"PROBE_SLOW")"));
  EXPECT_THAT(
      replay.out,
      HasSubstr(R"("rejected":7,"would_reject":0,"failures_admitted":0,)"
                R"("failures_avoided":1,"successes_rejected":5,)"
                R"("slow_avoided":4})"));
}

TEST_F(SlowReplayTest, ASlowCallIsNotLost) {
  const Finished replay = RunTool({"replay", "--config", slow_}, Calls());
  EXPECT_EQ("\n" + replay.out, R"(
BREAKER  CALLS  ADMITTED  REJECTED  WOULD REJECT  FAILED  AVOIDED  SLOW AVOIDED  LOST  OPENINGS  NOT CLOSED
/s/M        10         3         7             0       0        1             4     1         2        7.7s

10 calls: 7 were rejected, and 0 failed.
Saved: 1 rejected call would have failed and 4 would have been slow, after waiting 13s in total.
Cost: 1 rejected call would have succeeded in time.
)");
}

TEST_F(SlowReplayTest, CountsNoSlowCallThatPassedInADryRun) {
  const std::string dry = WriteFile("dry.json", R"({"defaultPolicy": {
    "openDuration": "1s", "mode": "DRY_RUN",
    "slowCallRate": {"duration": "1s", "threshold": 0.5, "minimumCalls": 2}}})");
  EXPECT_THAT(
      RunTool({"replay", "--config", dry, "--json"}, Calls()).out,
      HasSubstr(R"("rejected":0,"would_reject":7,"failures_admitted":1,)"
                R"("failures_avoided":0,"successes_rejected":0,)"
                R"("slow_avoided":0})"));
}

TEST_F(SlowReplayTest, TheChartShowsSlowCallsThatWereAvoided) {
  const std::string svg = WriteFile("slow.svg", "");
  RunTool({"replay", "--config", slow_, "--svg", svg}, Calls());
  const std::string text = ReadFile(svg);
  EXPECT_THAT(text, HasSubstr("10 calls: 1 failure avoided, 4 slow avoided, "
                              "1 success lost"));
  EXPECT_THAT(text, HasSubstr("<path class=\"slow\""));
}

TEST_F(ReplayTest, DrawsAChart) {
  const std::string svg = WriteFile("calls.svg", "old");
  EXPECT_EQ(
      RunTool({"replay", "--config", config_, "--calls", calls_, "--svg", svg})
          .exit_code,
      0);
  EXPECT_THAT(ReadFile(svg),
              HasSubstr("12 calls: 1 failure avoided, 2 successes"));
  const Finished out =
      RunTool({"replay", "--config", config_, "--calls", calls_, "--svg", "-"});
  EXPECT_EQ(out.exit_code, 0);
  EXPECT_EQ(out.out, ReadFile(svg));
  const Finished refused = RunTool({"replay", "--config", config_, "--calls",
                                    calls_, "--svg", "/no/such/folder/x"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("/no/such/folder/x: cannot be written"));
}

TEST_F(ReplayTest, StandardInputAndOutputServeOnePurposeEach) {
  for (const std::vector<std::string>& both :
       {std::vector<std::string>{"--config", "-"},
        {"--config", config_, "--json", "--svg", "-"}}) {
    std::vector<std::string> line = {"replay"};
    line.insert(line.end(), both.begin(), both.end());
    const Finished refused = RunTool(line, kCalls);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.out, IsEmpty());
    EXPECT_THAT(refused.err, HasSubstr("must not "));
  }
  const Finished piped =
      RunTool({"replay", "--config", "-", "--calls", calls_}, kConfig);
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
}

TEST_F(ReplayTest, JitterNeedsASeedAndIsTheSameForTheSameSeed) {
  const std::string jittery = WriteFile("jittery.json", R"({"defaultPolicy": {
    "consecutiveFailures": 1, "openDuration": "0.001s",
    "openBackoff": {"multiplier": 1, "maxDuration": "0.001s", "jitter": 0.5}}})");
  std::string calls = "start_us,duration_us,method,code\n";
  for (int i = 0; i < 1000; ++i)
    calls += std::to_string(10 * i) + ",0,/s/M,14\n";
  const auto replay = [&](const std::vector<std::string>& seed) {
    std::vector<std::string> arguments = {"replay", "--config", jittery,
                                          "--json"};
    arguments.insert(arguments.end(), seed.begin(), seed.end());
    return RunTool(arguments, calls).out;
  };
  EXPECT_THAT(replay({}),
              HasSubstr("{\"t_us\":1000,\"method\":\"/s/M\",\"event\":"
                        "\"transition\",\"from\":\"OPEN\""));
  EXPECT_EQ(replay({}), replay({}));
  EXPECT_EQ(replay({"--seed", "7"}), replay({"--seed", "7"}));
  EXPECT_NE(replay({"--seed", "7"}), replay({}));
  EXPECT_NE(replay({"--seed", "7"}), replay({"--seed", "8"}));
}

TEST_F(ReplayTest, BadInputIsReportedWithItsPositionAndExitsWithTwo) {
  const struct {
    std::vector<std::string> arguments;
    const char* error;
  } cases[] = {
      {{"--config", config_, "--calls", WriteFile("bad.csv", "a,b\n")},
       "bad.csv:1:1: the header must name "},
      {{"--config", config_, "--calls",
        WriteFile("short.csv",
                  "start_us,duration_us,method,code\n1,x,/s/M,0\n")},
       "short.csv:2:3: duration_us must be a number in "},
      {{"--config", config_, "--calls", "/no/such/file"},
       "/no/such/file: cannot be opened: No such file"},
      {{"--config", WriteFile("bad.json", R"({"defaultPolicy": {"x": 1}})")},
       "defaultPolicy.x: "},
      {{"--config", "/no/such/config.json"}, "/no/such/config.json"},
      {{"--calls", calls_}, "--config"},
  };
  for (const auto& c : cases) {
    std::vector<std::string> arguments = {"replay"};
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    const Finished replay = RunTool(arguments);
    EXPECT_EQ(replay.exit_code, 2) << c.error;
    EXPECT_THAT(replay.err, HasSubstr(c.error));
    EXPECT_THAT(replay.out, Not(HasSubstr("calls")));
  }
}

}  // namespace
}  // namespace fusebox
