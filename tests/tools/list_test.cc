// list_test.cc: fusebox list.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/fake_admin.h"
#include "tests/tools/process.h"

namespace fusebox {
namespace {

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

v1::Breaker OpenBreaker() {
  v1::Breaker breaker = MakeBreaker("/shop.v1.Cart/Checkout", v1::OPEN);
  breaker.mutable_name()->set_target("shop:443");
  breaker.mutable_name()->set_key("eu");
  breaker.mutable_in_state()->set_seconds(12);
  breaker.mutable_probe_in()->set_nanos(800'000'000);
  breaker.set_reason("CONSECUTIVE_FAILURES");
  breaker.set_cause("5 consecutive failures, last UNAVAILABLE: refused");
  breaker.mutable_totals()->set_admitted(1234);
  (*breaker.mutable_totals()->mutable_rejected())["OPEN"] = 50;
  (*breaker.mutable_totals()->mutable_rejected())["PROBES_BUSY"] = 6;
  return breaker;
}

v1::Breaker ClosedBreaker() {
  v1::Breaker breaker = MakeBreaker("/s/M");
  breaker.set_consecutive_failures(2);
  breaker.mutable_window()->set_calls(48);
  breaker.mutable_window()->set_failures(18);
  v1::Thresholds* const most = breaker.mutable_thresholds();
  most->set_consecutive_failures(5);
  most->set_failure_rate(0.5);
  most->set_failure_minimum_calls(20);
  return breaker;
}

TEST(List, SaysOfEachBreakerWhatAnOperatorAsks) {
  FakeAdmin admin(FakeAdmin::UnixAddress("list"));
  admin.Put(OpenBreaker());
  admin.Put(ClosedBreaker());
  const Finished list = RunTool({"list", "--admin", admin.address()});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.err, IsEmpty());
  EXPECT_EQ("\n" + list.out, R"(
BREAKER                      TARGET    STATE   FOR  MODE     PROBE    CALLS  REJECTED  FAILURES                       WHY
/s/M                                   CLOSED       ENFORCE               0         0  2/5 in a row, 37.5%/50% of 48
/shop.v1.Cart/Checkout [eu]  shop:443  OPEN    12s  ENFORCE  in 0.8s   1234        56                                 5 consecutive failures, last UNAVAILABLE: refused
)");
}

TEST(List, PassesItsFilterOn) {
  FakeAdmin admin(FakeAdmin::UnixAddress("filter"));
  RunTool({"list", "--admin", admin.address(), "/shop.v1.*", "--target", "t*",
           "--key", "k?", "--state", "open", "--state", "HALF-OPEN",
           "--troubled"});
  const auto requests = admin.Requests<v1::ListBreakersRequest>();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].filter().ShortDebugString(),
            "target: \"t*\" method: \"/shop.v1.*\" key: \"k?\" state: OPEN "
            "state: HALF_OPEN troubled: true");
}

TEST(List, TroubledFindsAProblem) {
  FakeAdmin admin(FakeAdmin::UnixAddress("troubled"));
  admin.Put(MakeBreaker("/s/Well"));
  const std::vector<std::string> line = {"list", "--troubled", "--admin",
                                         admin.address()};
  EXPECT_EQ(RunTool(line).exit_code, 0);
  EXPECT_THAT(RunTool(line).out, IsEmpty());
  admin.Put(MakeBreaker("/s/Ill", v1::HALF_OPEN));
  const Finished found = RunTool(line);
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.out, HasSubstr("/s/Ill"));
  EXPECT_THAT(found.out, Not(HasSubstr("/s/Well")));
}

TEST(List, OfSeveralProcessesShowsThoseThatAnswer) {
  FakeAdmin one(FakeAdmin::UnixAddress("one"));
  one.Put(MakeBreaker("/s/One"));
  FakeAdmin two(FakeAdmin::UnixAddress("two"));
  two.Put(MakeBreaker("/s/Two"));
  FakeAdmin dead(FakeAdmin::UnixAddress("dead"));
  dead.Stop();
  FakeAdmin strict(FakeAdmin::UnixAddress("strict"));
  strict.Fail(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not\nyou"));
  const Finished list =
      RunTool({"list", "--admin", one.address(), "--admin", dead.address(),
               "--admin", strict.address(), "--admin", two.address()});
  EXPECT_EQ(list.exit_code, 1);
  const std::vector<std::string> lines = Lines(list.out);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0], StartsWith("PROCESS "));
  EXPECT_THAT(lines[1], StartsWith(one.address() + "  /s/One"));
  EXPECT_THAT(lines[2], StartsWith(two.address() + "  /s/Two"));
  EXPECT_THAT(list.err,
              HasSubstr("fusebox list: " + dead.address() + ": UNAVAILABLE: "));
  EXPECT_THAT(list.err, HasSubstr("fusebox list: " + strict.address() +
                                  ": PERMISSION_DENIED: not\\nyou\n"));
}

TEST(List, TakesAddressesFromTheEnvironment) {
  FakeAdmin one(FakeAdmin::UnixAddress("env1"));
  one.Put(MakeBreaker("/s/One"));
  FakeAdmin two(FakeAdmin::UnixAddress("env2"));
  two.Put(MakeBreaker("/s/Two"));
  setenv("FUSEBOX_ADMIN", (one.address() + "," + two.address()).c_str(), 1);
  const Finished both = RunTool({"list"});
  const Finished first = RunTool({"list", "--admin", one.address()});
  unsetenv("FUSEBOX_ADMIN");
  EXPECT_THAT(both.out,
              testing::AllOf(HasSubstr("/s/One"), HasSubstr("/s/Two")));
  EXPECT_THAT(first.out, Not(HasSubstr("/s/Two")));
}

TEST(List, JsonIsAnObjectALineOfTheSchemasNames) {
  FakeAdmin admin(FakeAdmin::UnixAddress("json"));
  admin.Put(OpenBreaker());
  admin.Put(ClosedBreaker());
  const Finished list = RunTool({"list", "--json", "--admin", admin.address()});
  const std::vector<std::string> lines = Lines(list.out);
  ASSERT_THAT(lines, SizeIs(2));
  const auto json = nlohmann::json::parse(lines[1]);
  EXPECT_EQ(json["process"], admin.address());
  EXPECT_EQ(json["name"]["method"], "/shop.v1.Cart/Checkout");
  EXPECT_EQ(json["state"], "OPEN");
  EXPECT_EQ(json["inState"], "12s");
  EXPECT_EQ(json["totals"]["rejected"]["PROBES_BUSY"], "6");
  EXPECT_EQ(nlohmann::json::parse(lines[0])["thresholds"]["failureRate"], 0.5);
}

TEST(List, ShowsNothingOfWhatWouldMoveTheCursor) {
  FakeAdmin admin(FakeAdmin::UnixAddress("hostile"));
  v1::Breaker breaker = MakeBreaker("/s/\x1b[2J\xc2\x9b\xe2\x80\xae\r");
  breaker.set_state(v1::OPEN);
  breaker.set_cause("a\nb\x07");
  breaker.mutable_name()->set_target("\x1b]0;title\x07");
  admin.Put(breaker);
  for (const bool json : {false, true}) {
    std::vector<std::string> line = {"list", "--admin", admin.address()};
    if (json) line.emplace_back("--json");
    const Finished list = RunTool(line);
    for (const char c : {'\x1b', '\x07', '\r'}) {
      EXPECT_EQ(list.out.find(c), std::string::npos) << list.out;
    }
    EXPECT_EQ(Lines(list.out).size(), json ? 1u : 2u);
  }
  EXPECT_THAT(RunTool({"list", "--admin", admin.address()}).out,
              HasSubstr("/s/\\x1b[2J\\u{9b}\\u{202e}\\x0d"));
}

TEST(List, IsWholeWhereItIsNoTerminal) {
  FakeAdmin admin(FakeAdmin::UnixAddress("long"));
  const std::string method = "/" + std::string(300, 'a') + "/M";
  admin.Put(MakeBreaker(method));
  const Finished list = RunTool({"list", "--admin", admin.address()});
  EXPECT_THAT(list.out, HasSubstr(method + " "));
  EXPECT_EQ(list.out.find('\x1b'), std::string::npos);
}

TEST(List, RefusesWhatItCannotUnderstand) {
  struct Case {
    std::vector<std::string> line;
    std::string problem;
  };
  const Case cases[] = {
      {{"list"}, "or set FUSEBOX_ADMIN"},
      {{"list", "--admin", "nowhere"}, "\"nowhere\" must be HOST:PORT"},
      {{"list", "--admin", "a:1", "--state", "ajar"},
       "must be closed, open or half-open, is \"ajar\""},
      {{"list", "--admin", "a:1", ""}, "must not be empty"},
      {{"list", "--admin", "a:1", "--target", ""}, "must not be empty"},
      {{"list", "--admin", "a:1", std::string(1025, 'x')},
       "must have at most 1024 bytes, has 1025"},
  };
  for (const Case& c : cases) {
    const Finished list = RunTool(c.line);
    EXPECT_EQ(list.exit_code, 2);
    EXPECT_THAT(list.out, IsEmpty());
    EXPECT_THAT(list.err, HasSubstr(c.problem));
  }
}

}  // namespace
}  // namespace fusebox
