// relay_test.cc: what viewers get of the breakers of several processes. How the
// page reads it is tested in model_test.mjs.

#include "tools/dashboard/relay.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/testing/manual_clock.h"
#include "fusebox/v1/admin.pb.h"
#include "tests/dashboard/browser.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

// Parts of messages, as text.
std::string BreakerText(const std::string& method,
                        const std::string& more = "") {
  return " breakers { name { method: '" + method + "' } " + more + " }";
}
std::string EventText(int sequence, const std::string& method = "/s/A",
                      const std::string& type = "TRANSITION") {
  const std::string number = std::to_string(sequence);
  return " events { sequence: " + number + " type: '" + type +
         "' breaker { method: '" + method +
         "' } from: CLOSED to: OPEN text: 'opened " + number + "' }";
}
std::string Successes(int calls) {
  return "totals { successes: " + std::to_string(calls) + " }";
}

class RelayTest : public testing::Test {
 protected:
  // What the viewer has not seen; null if there is nothing.
  json Newer() { return Newer(&seen_); }
  json Everything() {
    Version nothing = 0;
    return Newer(&nothing);
  }
  json Newer(Version* seen) {
    const std::optional<std::string> message = relay_.Wait(seen, Millis(0));
    return !message || message->empty() ? json() : json::parse(*message);
  }
  std::vector<json> NewerCards() { return ItemsWith("card", Newer()); }

  // The first process sends a snapshot, a change, or what it kept.
  void SendSnapshot(const std::string& text,
                    const std::string& incarnation = "a") {
    Send("snapshot: true " + text, incarnation);
  }
  void Send(const std::string& text, const std::string& incarnation = "a") {
    relay_.Update(0, Parse<v1::WatchBreakersResponse>(
                         "process { name: 'shop' pid: 77 incarnation: '" +
                         incarnation + "' } " + text));
  }
  void SendPast(const std::string& text) {
    relay_.AddEvents(0, Parse<v1::ListEventsResponse>(text));
  }

  void Sleep(int64_t ms) { clock_.Advance(Millis(ms)); }

  ManualClock clock_;
  Relay relay_{{"unix:/a", "host:1"}, 3, clock_};
  Version seen_ = 0;
};

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
  EXPECT_EQ(message[0], json::parse(R"({"now": 2000, "snapshot": false})"));
  const std::vector<json> processes = ItemsWith("up", message);
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0]["at"], 2000);
  EXPECT_EQ(processes[0]["since"], 0);
  EXPECT_EQ(processes[0]["info"], json::parse(R"({
      "name": "shop", "pid": "77", "incarnation": "a"})"));
  ASSERT_THAT(ItemsWith("card", message), SizeIs(1));
  EXPECT_EQ(ItemsWith("card", message)[0],
            json({{"card", cards[1]["card"]},
                  {"process", 0},
                  {"at", 2000},
                  {"breaker", json::parse(R"({"name": {"method": "/s/B"},
                      "state": "OPEN", "probeIn": "2s"})")}}));

  EXPECT_EQ(Newer(), nullptr);
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(2));
}

TEST_F(RelayTest, KeepsTheSumsOfCallsForViewersWhoComeLater) {
  SendSnapshot(BreakerText("/s/A", Successes(1'000'000)));
  EXPECT_EQ(NewerCards()[0]["sums"], json::parse("[[0, 1000000, 0, 0, true]]"));
  const std::string later = BreakerText("/s/A", R"(totals {
      successes: 1000040 failures: 3
      rejected { key: 'OPEN' value: 4 }
      rejected { key: 'PROBES_BUSY' value: 1 }
      not_enforced { key: 'OPEN' value: 9 } })");
  Sleep(1000);
  Send(later);
  const json card = NewerCards()[0];
  EXPECT_EQ(card["sums"], json::parse("[[1000, 1000040, 3, 5, false]]"));
  EXPECT_EQ(card["breaker"]["totals"]["notEnforced"]["OPEN"], "9");
  Sleep(1000);
  Send(later);
  EXPECT_FALSE(NewerCards()[0].contains("sums")) << "nobody called";
  EXPECT_EQ(
      ItemsWith("card", Everything())[0]["sums"],
      json::parse("[[0, 1000000, 0, 0, true], [1000, 1000040, 3, 5, false]]"));
}

TEST_F(RelayTest, ABreakerThatIsNewWhileWatchedWasSeenFromItsFirstCall) {
  SendSnapshot("");
  Sleep(1000);
  Send(BreakerText("/s/A", Successes(6)));
  EXPECT_EQ(NewerCards()[0]["sums"], json::parse("[[1000, 6, 0, 0, false]]"));
}

TEST_F(RelayTest, KeepsAMinuteOfSumsAndNoMore) {
  SendSnapshot("");
  for (int i = 1; i <= 500; ++i) {
    Send(BreakerText("/s/A", Successes(i)));
    Sleep(1000);
  }
  const json sums = NewerCards()[0]["sums"];
  ASSERT_THAT(sums, SizeIs(Card::kMaxSums));
  EXPECT_GE(sums.size(), 61u);
  EXPECT_EQ(sums.back(), json::parse("[499000, 500, 0, 0, false]"));
  EXPECT_EQ(sums.front()[4], true) << "the one before it is forgotten";
  EXPECT_EQ(sums[1][4], false);
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
  EXPECT_EQ(message[2]["sums"], json::parse("[[10000, 90, 0, 0, true]]"))
      << "nobody saw those calls";
  EXPECT_EQ(message[3], json({{"gone", gone}}));
}

TEST_F(RelayTest, EventsComeOnceAndInOrder) {
  SendSnapshot(BreakerText("/s/A", "state: OPEN") + EventText(8));
  const std::string past = EventText(5) + EventText(8) +
                           EventText(9, "/s/unknown") +
                           EventText(7, "/s/A", "PROBE");
  SendPast(past);
  const json events = NewerCards()[0]["events"];
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0]["text"], "opened 5");
  EXPECT_EQ(events[1]["text"], "opened 8");
  EXPECT_EQ(events[1]["from"], "CLOSED");
  EXPECT_EQ(events[1]["to"], "OPEN");

  SendPast(past);
  EXPECT_THAT(NewerCards(), IsEmpty());
  Send(EventText(9, "/s/A", "MODE"));
  EXPECT_THAT(NewerCards()[0]["events"], SizeIs(3)) << "the whole list";
}

TEST_F(RelayTest, ARestartedProcessNumbersItsEventsAnew) {
  SendSnapshot(BreakerText("/s/A") + EventText(1), "a");
  SendSnapshot(BreakerText("/s/A") + EventText(1), "b");
  EXPECT_THAT(NewerCards()[0]["events"], SizeIs(2));
}

TEST_F(RelayTest, KeepsTheNewestEventsOnly) {
  std::string many = BreakerText("/s/A");
  for (int i = 1; i <= 1000; ++i) many += EventText(i);
  SendSnapshot(many);
  const json events = NewerCards()[0]["events"];
  ASSERT_THAT(events, SizeIs(Card::kMaxEvents));
  EXPECT_EQ(events.back()["text"], "opened 1000");
  SendPast(EventText(3));
  EXPECT_THAT(NewerCards(), IsEmpty());
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
