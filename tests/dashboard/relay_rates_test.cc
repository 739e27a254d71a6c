// relay_rates_test.cc: which rates viewers get, also if responses come late.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/dashboard/relay_fixture.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

using RelayRatesTest = RelayHistoryTest;

TEST_F(RelayRatesTest, CountsEachKindOfCall) {
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

TEST_F(RelayRatesTest, ALateResponseChangesNoRate) {
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

TEST_F(RelayRatesTest, AFirstResponseThatIsLateChangesNoRate) {
  SetLate(4900);
  Sleep(5000);
  SendSnapshot(Calls(0));
  SetLate(0);
  Sleep(100);
  Send(Calls(50));
  for (const json& second : Seconds()) EXPECT_LE(second[1], 10) << second;
  EXPECT_EQ(ItemsWith("up", Everything())[0]["offset"], -4900);
}

TEST_F(RelayRatesTest, PartsOfAResponseHaveTheirOwnTimes) {
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

TEST_F(RelayRatesTest, CallsOfABreakerThatWasLeftOutAreNewerThanThat) {
  SendSnapshot(Calls(0));
  for (int i = 0; i < 60; ++i) {
    Sleep(1000);
    Send("");
  }
  Sleep(1000);
  Send(Calls(10));
  EXPECT_EQ(Seconds(), json::parse("[[60, 10]]"));
}

TEST_F(RelayRatesTest, AResponseAtOnceDoesNotShortenTheTimeOfOthers) {
  SendSnapshot(Calls(0) + Calls(0, "/s/B"));
  Sleep(8500);
  Send("");
  Sleep(800);
  Send(BreakerText("/s/B", "state: OPEN"));
  Sleep(200);
  Send(Calls(10));
  EXPECT_EQ(Seconds(), json::parse("[[8, 5], [9, 5]]"));
}

TEST_F(RelayRatesTest, ABreakerThatIsNewWhileWatchedWasSeenFromItsFirstCall) {
  SendSnapshot("");
  Sleep(1000);
  Send(Calls(6));
  EXPECT_EQ(Seconds(), json::parse("[[0, 6]]"));
}

TEST_F(RelayRatesTest, ARestartIsNoRateAndKeepsTheHistory) {
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

TEST_F(RelayRatesTest, KeepsAnHourOfRatesAndNoMore) {
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

TEST_F(RelayRatesTest, AViewerGetsOnlyTheRatesThatChanged) {
  SendSnapshot(Calls(0));
  for (int i = 1; i <= 30; ++i) {
    Sleep(1000);
    Send(Calls(i * 10));
    const json card = NewerCards()[0];
    EXPECT_THAT(card["seconds"], SizeIs(1));
    EXPECT_THAT(card["tens"], SizeIs(1));
  }
}

}  // namespace
}  // namespace fusebox::tool
