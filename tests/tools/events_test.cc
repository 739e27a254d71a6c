// events_test.cc: fusebox events.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/fake_admin.h"
#include "tests/tools/process.h"
#include "tests/tools/pty.h"

namespace fusebox {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Events : public testing::Test {
 protected:
  Events() { setenv("TZ", "UTC", 1); }

  Finished Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"events", "--admin", admin_.address()});
    return RunTool(arguments);
  }

  FakeAdmin admin_{FakeAdmin::UnixAddress("events")};
};

TEST_F(Events, AreTheLastOnesOldestFirst) {
  admin_.Add(MakeTransition("/s/A", v1::CLOSED, v1::OPEN));
  admin_.Add(MakeTransition("/s/B", v1::OPEN, v1::HALF_OPEN));
  const Finished events = Run({});
  EXPECT_EQ(events.exit_code, 0);
  EXPECT_EQ(events.out,
            "2023-11-14 22:13:20.000  /s/A CLOSED -> OPEN\n"
            "2023-11-14 22:13:20.000  /s/B OPEN -> HALF_OPEN\n");
  EXPECT_THAT(Run({"/s/B"}).out, testing::Not(HasSubstr("/s/A")));
}

TEST_F(Events, AreChosenByTheProcess) {
  Run({"/s/*", "--target", "t", "--key", "k", "--type", "transition", "--type",
       "MODE", "--after", "5", "--limit", "7"});
  const auto requests = admin_.Requests<v1::ListEventsRequest>();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].ShortDebugString(),
            "filter { target: \"t\" method: \"/s/*\" key: \"k\" } "
            "after_sequence: 5 limit: 7 type: \"TRANSITION\" type: \"MODE\"");
}

TEST_F(Events, OfSeveralProcessesAreInTheOrderOfTime) {
  FakeAdmin other(FakeAdmin::UnixAddress("events2"));
  v1::Event late = MakeTransition("/s/Late", v1::CLOSED, v1::OPEN);
  late.mutable_time()->set_nanos(2);
  admin_.Add(late);
  v1::Event early = MakeTransition("/s/Early", v1::CLOSED, v1::OPEN);
  early.mutable_time()->set_nanos(1);
  other.Add(early);
  const Finished events = Run({"--admin", other.address()});
  EXPECT_LT(events.out.find(other.address() + "  /s/Early"),
            events.out.find(admin_.address() + "  /s/Late"));
}

TEST_F(Events, JsonIsAnEventALine) {
  admin_.Add(MakeTransition("/s/A", v1::CLOSED, v1::OPEN));
  const Finished events = Run({"--json"});
  const auto json = nlohmann::json::parse(events.out);
  EXPECT_EQ(json["process"], admin_.address());
  EXPECT_EQ(json["sequence"], "1");
  EXPECT_EQ(json["type"], "TRANSITION");
  EXPECT_EQ(json["time"], "2023-11-14T22:13:20Z");
}

TEST_F(Events, RefuseWhatTheyCannotUnderstand) {
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"--type", "disaster"},
        {"--limit", "0"},
        {"--limit", "10001"},
        {"--after", "-1"}}) {
    const Finished events = Run(line);
    EXPECT_EQ(events.exit_code, 2) << line[0];
    EXPECT_THAT(events.err, HasSubstr(line[0]));
    EXPECT_THAT(events.out, IsEmpty());
  }
}

TEST_F(Events, AreFollowedAcrossARestartAndWithGapsTold) {
  admin_.Add(MakeTransition("/s/Before", v1::CLOSED, v1::OPEN));
  Pty follow({"events", "--follow", "--admin", admin_.address()});
  follow.AwaitText("/s/Before CLOSED -> OPEN");
  admin_.Add(MakeTransition("/s/Live", v1::CLOSED, v1::OPEN));
  follow.AwaitText("/s/Live CLOSED -> OPEN");
  admin_.Miss(12);
  follow.AwaitText("-- 12 events missed");
  admin_.Add(MakeTransition("/s/Past", v1::CLOSED, v1::OPEN));
  follow.AwaitText("/s/Past CLOSED -> OPEN");

  admin_.Stop();
  follow.AwaitText("reconnecting ...");
  admin_.Restart();
  follow.AwaitText("the process was restarted");
  admin_.Add(MakeTransition("/s/Anew", v1::CLOSED, v1::OPEN));
  follow.AwaitText("/s/Anew CLOSED -> OPEN");
  EXPECT_EQ(follow.Text().find("missed"), follow.Text().rfind("missed"));
  follow.Type("\x03");
  EXPECT_EQ(follow.AwaitExit(), 128 + SIGINT);
}

TEST_F(Events, ThatAreFollowedAreOfTheTypeThatIsWanted) {
  Pty follow({"events", "-f", "--type", "mode", "--admin", admin_.address()});
  admin_.AwaitWatchers(1);
  admin_.Add(MakeTransition("/s/Other", v1::CLOSED, v1::OPEN));
  v1::Event mode = MakeTransition("/s/Held", v1::CLOSED, v1::CLOSED);
  mode.set_type("MODE");
  admin_.Add(mode);
  follow.AwaitText("/s/Held");
  EXPECT_FALSE(follow.Shows("/s/Other"));
}

}  // namespace
}  // namespace fusebox
