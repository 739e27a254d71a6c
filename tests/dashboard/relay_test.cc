// relay_test.cc: what viewers get of the breakers of several processes. How the
// page reads it is tested in model_test.mjs and history_test.mjs.

#include "tools/dashboard/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/dashboard/relay_fixture.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(RelayTest, ProcessesAreThereBeforeTheyAnswer) {
  const json message = Newer();
  EXPECT_EQ(message[0]["snapshot"], true);
  const std::vector<json> processes = ItemsWith("up", message);
  ASSERT_THAT(processes, SizeIs(2));
  EXPECT_EQ(processes[1]["process"], 1);
  EXPECT_EQ(processes[1]["address"], "host:1");
  EXPECT_EQ(processes[1]["up"], false);
  EXPECT_EQ(processes[1]["why"], "connecting");
  EXPECT_THAT(ItemsWith("card", message), IsEmpty());
}

TEST_F(RelayTest, AViewerGetsEverythingAndThenOnlyWhatChanged) {
  SendSnapshot(BreakerText("/s/A", "thresholds { consecutive_failures: 5 }") +
               BreakerText("/s/B") + EventText(1, "/s/B"));
  const std::vector<json> cards = NewerCards();
  ASSERT_THAT(cards, SizeIs(2));
  EXPECT_EQ(cards[0]["breaker"]["name"]["method"], "/s/A");
  EXPECT_EQ(cards[0]["breaker"]["thresholds"]["consecutiveFailures"], 5);
  EXPECT_FALSE(cards[0].contains("events"));

  Sleep(2000);
  Send(BreakerText("/s/B", "state: OPEN probe_in { seconds: 2 }"));
  const json message = Newer();
  EXPECT_EQ(message[0], json::parse(R"({
      "now": 2000, "wall": 1700000002000, "from": 0, "snapshot": false})"));
  const std::vector<json> processes = ItemsWith("up", message);
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0]["at"], 2000);
  EXPECT_EQ(processes[0]["since"], 0);
  EXPECT_EQ(processes[0]["info"], json::parse(R"({
      "name": "shop", "pid": "77", "incarnation": "a",
      "time": "2023-11-14T22:13:22Z"})"));
  ASSERT_THAT(ItemsWith("card", message), SizeIs(1));
  EXPECT_EQ(ItemsWith("card", message)[0],
            json({{"card", cards[1]["card"]},
                  {"process", 0},
                  {"at", 2000},
                  {"modeSeen", 0},
                  {"modeExact", false},
                  {"breaker", json::parse(R"({"name": {"method": "/s/B"},
                      "state": "OPEN", "probeIn": "2s"})")}}));

  EXPECT_EQ(Newer(), nullptr);
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(2));
}

TEST_F(RelayTest, ALostProcessStaysAndItsReturnReplacesEverything) {
  SendSnapshot(BreakerText("/s/A", Successes(50)) + BreakerText("/s/B"));
  const json gone = NewerCards()[1]["card"];

  for (const char* why : {"UNAVAILABLE: refused", "UNAVAILABLE: again"}) {
    Sleep(5000);
    relay_.Lose(0, why);
    const json message = Newer();
    ASSERT_THAT(message, SizeIs(2)) << "no card, and none that is gone";
    EXPECT_EQ(message[1]["up"], false);
    EXPECT_EQ(message[1]["why"], why);
    EXPECT_EQ(message[1]["since"], 5000);
  }

  SendSnapshot(BreakerText("/s/A", Successes(90)), "b");
  const json message = Newer();
  ASSERT_THAT(message, SizeIs(4));
  EXPECT_EQ(message[1]["up"], true);
  EXPECT_EQ(message[1]["why"], "");
  EXPECT_EQ(message[1]["since"], 10'000);
  EXPECT_FALSE(message[2].contains("seconds")) << "nobody saw those calls";
  EXPECT_EQ(message[3], json({{"gone", gone}}));
}

TEST_F(RelayTest, SaysHowManyEventsWereMissed) {
  for (int i = 0; i < 2; ++i) SendSnapshot("missed_events: 2");
  EXPECT_EQ(ItemsWith("up", Newer())[0]["missedEvents"], 4);
}

TEST_F(RelayTest, KeepsAsManyBreakersAsThereIsRoomForAndSaysSo) {
  SendSnapshot(BreakerText("/s/A") + BreakerText("/s/B") + BreakerText("/s/C") +
               BreakerText("/s/D"));
  const json message = Newer();
  EXPECT_THAT(ItemsWith("card", message), SizeIs(3));
  EXPECT_EQ(ItemsWith("up", message)[0]["hidden"], true);
  EXPECT_EQ(ItemsWith("up", message)[1]["hidden"], false);

  Send("gone { method: '/s/A' }" + BreakerText("/s/D"));
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(3));
}

TEST_F(RelayTest, AViewerThatMissedTooManyRemovalsStartsAnew) {
  Newer();
  for (int i = 0; i < 4200; ++i) {
    SendSnapshot(BreakerText("/s/" + std::to_string(i)));
  }
  const json message = Newer();
  EXPECT_EQ(message[0]["snapshot"], true);
  EXPECT_THAT(ItemsWith("card", message), SizeIs(1));
  EXPECT_THAT(ItemsWith("gone", message), IsEmpty());
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(1));
}

TEST_F(RelayTest, AMessageToAViewerThatNeverReadsIsNoLargerThanEverything) {
  SendSnapshot(BreakerText("/s/A"));
  Newer();
  for (int i = 1; i <= 1000; ++i) {
    Sleep(1000);
    Send(BreakerText("/s/A", Successes(i)));
  }
  EXPECT_LE(Newer().dump().size(), Everything().dump().size() + 1)
      << "false is longer than true";
}

TEST_F(RelayTest, HostileTextsAreClippedAndQuoted) {
  constexpr size_t kMegabyte = 1 << 20;
  SendSnapshot(BreakerText(R"(</script><b>\n\"\\)",
                           "cause: '" + std::string(kMegabyte, 'c') + "'") +
                   BreakerText(std::string(kMegabyte, 'm')),
               std::string(kMegabyte, 'i'));
  relay_.Lose(1, "\xff\n" + std::string(kMegabyte, 'w'));
  const std::string message = *relay_.Wait(&seen_, Millis(0));
  EXPECT_EQ(message.find('\n'), std::string::npos) << "an event is one line";
  EXPECT_LT(message.size(), 8000u);
  EXPECT_EQ(
      ItemsWith("card", json::parse(message))[0]["breaker"]["name"]["method"],
      "</script><b>\n\"\\");
}

TEST_F(RelayTest, OnceClosedItHasNothingMore) {
  relay_.Close();
  EXPECT_EQ(relay_.Wait(&seen_, std::chrono::hours(1)), std::nullopt);
  relay_.Pause(std::chrono::hours(1));
}

TEST_F(RelayTest, AProcessMayBeAddedLater) {
  Newer();
  relay_.Add("unix:/b");
  const json message = Newer();
  EXPECT_EQ(message[0]["snapshot"], false);
  ASSERT_THAT(ItemsWith("up", message), SizeIs(1));
  EXPECT_EQ(ItemsWith("up", message)[0]["process"], 2);
  EXPECT_EQ(ItemsWith("up", message)[0]["address"], "unix:/b");
}

TEST_F(RelayTest, AProcessThatIsNotUpCanEndAndSendsNothingMore) {
  SendSnapshot(BreakerText("/s/A"));
  const uint64_t card = NewerCards()[0]["card"];
  EXPECT_FALSE(relay_.End(0)) << "it is up";
  relay_.Lose(0, "refused");
  Newer();
  EXPECT_TRUE(relay_.End(0));
  const json message = Newer();
  ASSERT_THAT(ItemsWith("ended", message), SizeIs(1));
  EXPECT_EQ(ItemsWith("ended", message)[0], json({{"ended", 0}}));
  ASSERT_THAT(ItemsWith("gone", message), SizeIs(1));
  EXPECT_EQ(ItemsWith("gone", message)[0]["gone"], card);
  SendSnapshot(BreakerText("/s/A"));
  relay_.Lose(0, "refused again");
  SendPast(EventText(1));
  EXPECT_EQ(Newer(), nullptr);
  EXPECT_THAT(ItemsWith("up", Everything()), SizeIs(1));
  EXPECT_THAT(ItemsWith("ended", Everything()), IsEmpty());
}

}  // namespace
}  // namespace fusebox::tool
