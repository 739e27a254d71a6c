// relay_history_test.cc: what viewers get of the last hour: rates, events and
// modes, and what is forgotten.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/dashboard/relay_fixture.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

class RelayHistoryTest : public RelayTest {
 protected:
  // The calls of /s/A: [number of the slot, successes].
  json Tens() { return Successes("tens"); }
  json Seconds() { return Successes("seconds"); }

  json TheCard() { return ItemsWith("card", Everything())[0]; }
  json From() { return Everything()[0]["from"]; }

  static std::string Calls(int successes, const std::string& method = "/s/A") {
    return BreakerText(method, fusebox::tool::Successes(successes));
  }

 private:
  json Successes(const char* key) {
    json slots = json::array();
    const json card = TheCard();
    if (!card.contains(key)) return slots;
    for (const json& slot : card[key]) {
      slots.push_back(json::array({slot[0], slot[2]}));
    }
    return slots;
  }
};

// ---- Rates.

TEST_F(RelayHistoryTest, CountsEachKindOfCall) {
  SendSnapshot(Calls(1'000'000));
  EXPECT_FALSE(TheCard().contains("seconds")) << "nobody knows when";
  Sleep(1000);
  Send(BreakerText("/s/A", R"(totals {
      admitted: 50 successes: 1000040 failures: 3 fallbacks: 2
      rejected { key: 'OPEN' value: 4 }
      rejected { key: 'PROBES_BUSY' value: 1 }
      not_enforced { key: 'OPEN' value: 9 } })"));
  const json card = NewerCards()[0];
  EXPECT_EQ(card["seconds"], json::parse("[[0, 50, 40, 3, 5, 2]]"));
  EXPECT_EQ(card["tens"], card["seconds"]);
  EXPECT_EQ(card["breaker"]["totals"]["notEnforced"]["OPEN"], "9");
}

TEST_F(RelayHistoryTest, ALateResponseChangesNoRate) {
  SendSnapshot(Calls(0));
  int64_t now = 0;
  for (int i = 1; i <= 30; ++i) {
    // One response is 7 s late, and the next ones come right after it.
    const int64_t sent = i * 1000;
    const int64_t late = 27'000 + (i - 20) * 140;
    const int64_t comes = i < 20 ? sent : std::max(sent, late);
    Sleep(comes - now);
    now = comes;
    SetLate(now - sent);
    Send(Calls(i * 10));
  }
  for (const json& second : Seconds()) EXPECT_EQ(second[1], 10) << second;
  EXPECT_THAT(Seconds(), SizeIs(30));
  EXPECT_EQ(Tens(), json::parse("[[0, 100], [1, 100], [2, 100]]"));
}

TEST_F(RelayHistoryTest, AFirstResponseThatIsLateChangesNoRate) {
  SetLate(4900);
  Sleep(5000);
  SendSnapshot(Calls(0));
  SetLate(0);
  Sleep(100);
  Send(Calls(50));
  for (const json& second : Seconds()) EXPECT_LE(second[1], 10) << second;
  EXPECT_EQ(ItemsWith("up", Everything())[0]["offset"], -4900);
}

TEST_F(RelayHistoryTest, PartsOfAResponseHaveTheirOwnTimes) {
  SendSnapshot("more: true " + Calls(0));
  Sleep(4000);
  Send(Calls(40, "/s/B"));
  Sleep(1000);
  Send("more: true " + Calls(50));
  Sleep(4000);
  Send(Calls(90, "/s/B"));
  for (const json& card : ItemsWith("card", Everything())) {
    for (const json& second : card["seconds"]) EXPECT_EQ(second[2], 10);
    EXPECT_THAT(card["seconds"], SizeIs(5)) << card;
  }
}

TEST_F(RelayHistoryTest, CallsOfABreakerThatWasLeftOutAreNewerThanThat) {
  SendSnapshot(Calls(0));
  for (int i = 0; i < 60; ++i) {
    Sleep(1000);
    Send("");
  }
  Sleep(1000);
  Send(Calls(10));
  EXPECT_EQ(Seconds(), json::parse("[[60, 10]]"));
}

TEST_F(RelayHistoryTest, AResponseAtOnceDoesNotShortenTheTimeOfOthers) {
  SendSnapshot(Calls(0) + Calls(0, "/s/B"));
  Sleep(8500);
  Send("");
  Sleep(800);
  Send(BreakerText("/s/B", "state: OPEN"));
  Sleep(200);
  Send(Calls(10));
  EXPECT_EQ(Seconds(), json::parse("[[8, 5], [9, 5]]"));
}

TEST_F(RelayHistoryTest, ABreakerThatIsNewWhileWatchedWasSeenFromItsFirstCall) {
  SendSnapshot("");
  Sleep(1000);
  Send(Calls(6));
  EXPECT_EQ(Seconds(), json::parse("[[0, 6]]"));
}

TEST_F(RelayHistoryTest, ARestartIsNoRateAndKeepsTheHistory) {
  SendSnapshot(Calls(0));
  Sleep(1000);
  Send(Calls(10) + EventText(1));
  Newer();
  const json card = TheCard();
  Sleep(5000);
  relay_.Lose(0, "UNAVAILABLE: refused");
  SendSnapshot("", "b");
  const json unused = NewerCards()[0];
  EXPECT_EQ(unused["card"], card["card"]);
  EXPECT_EQ(unused["unused"]["method"], "/s/A");
  EXPECT_EQ(TheCard()["events"], card["events"]);

  Sleep(1000);
  Send(Calls(30) + EventText(1), "b");
  EXPECT_EQ(TheCard()["card"], card["card"]);
  EXPECT_EQ(Seconds(), json::parse("[[0, 10], [6, 30]]"));
  ASSERT_THAT(TheCard()["events"], SizeIs(2));
  EXPECT_EQ(TheCard()["events"][0]["run"], 1);
  EXPECT_EQ(TheCard()["events"][1]["run"], 2);
}

TEST_F(RelayHistoryTest, KeepsAnHourOfRatesAndNoMore) {
  SendSnapshot(Calls(0));
  for (int i = 1; i <= 5000; ++i) {
    Sleep(1000);
    Send(Calls(i));
  }
  EXPECT_GE(Tens().size(), 360u);
  EXPECT_LE(Tens().size(), size_t{Card::kMaxTens});
  EXPECT_EQ(Tens().back(), json::parse("[499, 10]"));
  EXPECT_THAT(Seconds(), SizeIs(Card::kMaxSeconds));
  EXPECT_EQ(Seconds().back(), json::parse("[4999, 1]"));
  EXPECT_EQ(From(), (5000 - 3600) * 1000);
  for (int i = 0; i < 3700; ++i) {
    Sleep(1000);
    Send("");
  }
  EXPECT_THAT(Tens(), IsEmpty()) << "an hour without calls";
}

TEST_F(RelayHistoryTest, AViewerGetsOnlyTheRatesThatChanged) {
  SendSnapshot(Calls(0));
  for (int i = 1; i <= 30; ++i) {
    Sleep(1000);
    Send(Calls(i * 10));
    const json card = NewerCards()[0];
    EXPECT_THAT(card["seconds"], SizeIs(1));
    EXPECT_THAT(card["tens"], SizeIs(1));
  }
}

// ---- Events.

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

TEST_F(RelayHistoryTest, TheWholeHistoryIsBoundedAndTheOldestGoesFirst) {
  constexpr size_t kRoom = 64 * 1024;
  Relay relay({"unix:/a"}, {100, kRoom}, clock_);
  const auto send = [&](const std::string& text) {
    relay.Update(0, Parse<v1::WatchBreakersResponse>(text));
  };
  const auto everything = [&] {
    Version nothing = 0;
    return json::parse(*relay.Wait(&nothing, Millis(0)));
  };
  std::string snapshot = "snapshot: true";
  for (int i = 0; i < 20; ++i) snapshot += BreakerText(std::to_string(i));
  send(snapshot);
  EXPECT_EQ(everything()[0]["from"], 0);
  for (int minute = 1; minute <= 50; ++minute) {
    Sleep(60'000);
    for (int i = 0; i < 20; ++i) {
      send(EventText(minute * 100 + i, std::to_string(i)));
    }
  }
  const json all = everything();
  EXPECT_LT(all.dump().size(), 2 * kRoom);
  const int64_t from = all[0]["from"];
  EXPECT_GT(from, 60'000);
  EXPECT_LT(from, 3'000'000);
  for (const json& card : ItemsWith("card", all)) {
    EXPECT_EQ(card["events"].back()["event"]["sequence"],
              std::to_string(5000 + card["card"].get<int>() - 1));
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
