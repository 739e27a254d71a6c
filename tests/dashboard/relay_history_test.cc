// relay_history_test.cc: what viewers get of the events and modes of the last
// hour, and what is forgotten.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/dashboard/relay_fixture.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(RelayHistoryTest, EventsComeOnceAndInOrder) {
  SendSnapshot(BreakerText("/s/A", "state: OPEN") + EventText(8));
  NewerCards();
  const std::string past = EventText(5) + EventText(8) +
                           EventText(9, "/s/unknown") +
                           EventText(7, "/s/A", "PROBE");
  SendPast(past);
  EXPECT_THAT(NewerCards()[0]["events"], SizeIs(1)) << "only the new one";
  const json events = TheCard()["events"];
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0]["event"]["text"], "opened 5");
  EXPECT_EQ(events[1]["event"]["text"], "opened 8");
  EXPECT_EQ(events[1]["event"]["from"], "CLOSED");
  EXPECT_EQ(events[1]["event"]["to"], "OPEN");
  SendPast(past);
  EXPECT_THAT(NewerCards(), IsEmpty());
  Send(EventText(9, "/s/A", "MODE"));
  EXPECT_THAT(NewerCards()[0]["events"], SizeIs(1));
}

TEST_F(RelayHistoryTest, EventsHaveTheTimeOfTheProcess) {
  SendSnapshot(BreakerText("/s/A"));
  Sleep(2000);
  const std::string event = EventText(1);
  Sleep(3000);
  Send(event);
  EXPECT_EQ(TheCard()["events"][0]["at"], 2000);
}

TEST_F(RelayHistoryTest, EventsOfTheConfigBelongToTheProcess) {
  SendSnapshot("");
  Newer();
  Send(EventText(1, "", "CONFIG_UPDATED") + EventText(2, "", "CONFIG_REFUSED"));
  const json process = ItemsWith("up", Newer())[0];
  ASSERT_THAT(process["events"], SizeIs(2));
  EXPECT_EQ(process["events"][1]["event"]["type"], "CONFIG_REFUSED");
  Send("");
  EXPECT_FALSE(ItemsWith("up", Newer())[0].contains("events"));
}

TEST_F(RelayHistoryTest, KeepsAnHourOfEventsAndAlwaysTheNewest) {
  SendSnapshot(BreakerText("/s/A"));
  for (int i = 1; i <= 40; ++i) {
    Send(EventText(i));
    Sleep(60'000);
  }
  EXPECT_THAT(TheCard()["events"], SizeIs(40));
  Sleep(3'600'000);
  Send("");
  EXPECT_THAT(TheCard()["events"], SizeIs(Card::kAlwaysKept));
  SendPast(EventText(3));
  EXPECT_THAT(TheCard()["events"], SizeIs(Card::kAlwaysKept));
}

TEST_F(RelayHistoryTest, TheHistoryOfABreakerIsBoundedAndSaysSinceWhen) {
  SendSnapshot(BreakerText("/s/A"));
  for (int i = 1; i <= 1000; ++i) {
    Sleep(100);
    Send(EventText(i));
  }
  const json card = TheCard();
  const json& events = card["events"];
  EXPECT_LE(events.dump().size(), EventHistory::kMaxBytes);
  EXPECT_GT(events.size(), 100u);
  EXPECT_EQ(events.back()["event"]["text"], "opened 1000");
  EXPECT_EQ(card["eventsSince"], events.front()["at"].get<int64_t>() - 100);
  Newer();
  SendPast(EventText(3));
  EXPECT_THAT(NewerCards(), IsEmpty());
}

// A relay with little room, and twenty breakers.
class SmallRelayTest : public RelayHistoryTest {
 protected:
  static constexpr size_t kRoom = 64 * 1024;
  static constexpr int kBreakers = 20;

  void SendSmall(const std::string& text) {
    small_.Update(0, Parse<v1::WatchBreakersResponse>(text));
  }
  json Small() {
    Version nothing = 0;
    return json::parse(*small_.Wait(&nothing, Millis(0)));
  }
  void BeginSmall() {
    std::string snapshot = "snapshot: true " + ProcessText();
    for (int i = 0; i < kBreakers; ++i) {
      snapshot += BreakerText(std::to_string(i));
    }
    SendSmall(snapshot);
    EXPECT_EQ(Small()[0]["from"], 0);
  }
  void ExpectBoundedAt(int64_t now, const json& all) {
    EXPECT_LT(all.dump().size(), 2 * kRoom);
    EXPECT_GE(all[0]["from"], 120'000);
    EXPECT_LT(all[0]["from"], now);
    EXPECT_THAT(ItemsWith("breaker", all), SizeIs(kBreakers));
  }

  Relay small_{{"unix:/a"}, {100, kRoom}, clock_};
};

TEST_F(SmallRelayTest, TheWholeHistoryIsBoundedAndTheOldestEventsGoFirst) {
  BeginSmall();
  for (int minute = 1; minute <= 50; ++minute) {
    Sleep(60'000);
    for (int i = 0; i < kBreakers; ++i) {
      SendSmall(ProcessText() + EventText(minute * 100 + i, std::to_string(i)));
    }
  }
  const json all = Small();
  ExpectBoundedAt(3'000'000, all);
  for (const json& card : ItemsWith("card", all)) {
    EXPECT_EQ(card["events"].back()["event"]["sequence"],
              std::to_string(5000 + card["card"].get<int>() - 1));
  }
}

TEST_F(SmallRelayTest, TheWholeHistoryIsBoundedAndTheOldestRatesGoFirst) {
  BeginSmall();
  for (int ten = 1; ten <= 300; ++ten) {
    Sleep(10'000);
    std::string text = ProcessText();
    for (int i = 0; i < kBreakers; ++i) text += Calls(ten, std::to_string(i));
    SendSmall(text);
  }
  const json all = Small();
  ExpectBoundedAt(3'000'000, all);
  for (const json& card : ItemsWith("card", all)) {
    EXPECT_GE(card["tens"].size(), 6u);
    EXPECT_EQ(card["tens"].back()[0], 299);
  }
}

TEST_F(RelayHistoryTest, BreakersInUseComeBeforeThoseThatWere) {
  SendSnapshot(BreakerText("/s/A") + BreakerText("/s/B") + EventText(1));
  Send("gone { method: '/s/A' }" + BreakerText("/s/C"));
  EXPECT_THAT(ItemsWith("unused", Everything()), SizeIs(1));
  Newer();
  Sleep(1000);
  Send(BreakerText("/s/D"));
  const json message = Newer();
  EXPECT_THAT(ItemsWith("gone", message), SizeIs(1));
  EXPECT_THAT(ItemsWith("breaker", Everything()), SizeIs(3));
  EXPECT_EQ(message[0]["from"], 1000);
}

// ---- Modes.

TEST_F(RelayHistoryTest, SaysSinceWhenAModeWasSeen) {
  const std::string held =
      BreakerText("/s/A", "mode: FORCED_OPEN operator_mode: FORCED_OPEN");
  Sleep(1000);
  SendSnapshot(held);
  Sleep(1000);
  Send(held);
  json card = NewerCards()[0];
  EXPECT_EQ(card["modeSeen"], 1000);
  EXPECT_EQ(card["modeExact"], false) << "it may have begun before";
  Sleep(1000);
  Send(BreakerText("/s/A"));
  card = NewerCards()[0];
  EXPECT_EQ(card["modeSeen"], 3000);
  EXPECT_EQ(card["modeExact"], true);
}

}  // namespace
}  // namespace fusebox::tool
