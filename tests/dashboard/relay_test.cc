// relay_test.cc: what viewers get of the breakers of several processes. How the
// page reads it is tested in model_test.mjs.

#include "tools/dashboard/relay.h"

#include <gmock/gmock.h>
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

v1::WatchBreakersResponse Response(bool snapshot) {
  v1::WatchBreakersResponse response;
  response.set_snapshot(snapshot);
  response.mutable_process()->set_name("shop");
  response.mutable_process()->set_pid(77);
  response.mutable_process()->set_incarnation("a");
  return response;
}

v1::Breaker* Add(v1::WatchBreakersResponse* response, const std::string& method,
                 v1::State state = v1::CLOSED) {
  v1::Breaker* const breaker = response->add_breakers();
  breaker->mutable_name()->set_method(method);
  breaker->set_state(state);
  return breaker;
}

v1::Event Transition(uint64_t sequence, const std::string& method) {
  v1::Event event;
  event.set_sequence(sequence);
  event.set_type("TRANSITION");
  event.mutable_breaker()->set_method(method);
  event.set_from(v1::CLOSED);
  event.set_to(v1::OPEN);
  event.set_text("opened " + std::to_string(sequence));
  return event;
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

  void Tell(const v1::WatchBreakersResponse& response) {
    relay_.Update(0, response);
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
  v1::WatchBreakersResponse first = Response(true);
  Add(&first, "/s/A")->mutable_thresholds()->set_consecutive_failures(5);
  Add(&first, "/s/B");
  *first.add_events() = Transition(1, "/s/B");
  Tell(first);
  const std::vector<json> cards = NewerCards();
  ASSERT_THAT(cards, SizeIs(2));
  EXPECT_EQ(cards[0]["breaker"]["name"]["method"], "/s/A");
  EXPECT_EQ(cards[0]["breaker"]["thresholds"]["consecutiveFailures"], 5);
  EXPECT_FALSE(cards[0].contains("events"));

  Sleep(2000);
  v1::WatchBreakersResponse second = Response(false);
  Add(&second, "/s/B", v1::OPEN)->mutable_probe_in()->set_seconds(2);
  Tell(second);
  const json message = Newer();
  EXPECT_EQ(message[0], json::parse(R"({"now": 2000, "snapshot": false})"));
  const std::vector<json> processes = ItemsWith("up", message);
  ASSERT_THAT(processes, SizeIs(1));
  EXPECT_EQ(processes[0]["at"], 2000);
  EXPECT_EQ(processes[0]["since"], 0);
  EXPECT_EQ(processes[0]["info"], json::parse(R"({
      "name": "shop", "pid": "77", "incarnation": "a"})"));
  ASSERT_THAT(ItemsWith("card", message), SizeIs(1));
  const json card = ItemsWith("card", message)[0];
  EXPECT_EQ(card["card"], cards[1]["card"]);
  EXPECT_EQ(card["process"], 0);
  EXPECT_EQ(card["at"], 2000);
  EXPECT_EQ(card["breaker"]["state"], "OPEN");
  EXPECT_EQ(card["breaker"]["probeIn"], "2s");
  EXPECT_FALSE(card.contains("events"));
  EXPECT_FALSE(card.contains("sums"));

  EXPECT_EQ(Newer(), nullptr);
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(2));
}

TEST_F(RelayTest, KeepsTheSumsOfCallsForViewersWhoComeLater) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Totals* const totals = Add(&response, "/s/A")->mutable_totals();
  totals->set_successes(1'000'000);
  Tell(response);
  EXPECT_EQ(NewerCards()[0]["sums"], json::parse("[[0, 1000000, 0, 0, true]]"));
  response.set_snapshot(false);
  Sleep(1000);
  totals->set_successes(1'000'040);
  totals->set_failures(3);
  (*totals->mutable_rejected())["OPEN"] = 4;
  (*totals->mutable_rejected())["PROBES_BUSY"] = 1;
  (*totals->mutable_not_enforced())["OPEN"] = 9;
  Tell(response);
  const json card = NewerCards()[0];
  EXPECT_EQ(card["sums"], json::parse("[[1000, 1000040, 3, 5, false]]"));
  EXPECT_EQ(card["breaker"]["totals"]["notEnforced"]["OPEN"], "9");
  Sleep(1000);
  Tell(response);
  EXPECT_FALSE(NewerCards()[0].contains("sums")) << "nobody called";
  EXPECT_EQ(
      ItemsWith("card", Everything())[0]["sums"],
      json::parse("[[0, 1000000, 0, 0, true], [1000, 1000040, 3, 5, false]]"));
}

TEST_F(RelayTest, ABreakerThatIsNewWhileWatchedWasSeenFromItsFirstCall) {
  Tell(Response(true));
  Sleep(1000);
  v1::WatchBreakersResponse response = Response(false);
  Add(&response, "/s/A")->mutable_totals()->set_successes(6);
  Tell(response);
  EXPECT_EQ(NewerCards()[0]["sums"], json::parse("[[1000, 6, 0, 0, false]]"));
}

TEST_F(RelayTest, KeepsAMinuteOfSumsAndNoMore) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Breaker* const breaker = Add(&response, "/s/A");
  for (uint64_t i = 1; i <= 500; ++i) {
    breaker->mutable_totals()->set_successes(i);
    Tell(response);
    response.set_snapshot(false);
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
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A")->mutable_totals()->set_successes(50);
  Add(&response, "/s/B");
  Tell(response);
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

  v1::WatchBreakersResponse back = Response(true);
  back.mutable_process()->set_incarnation("b");
  Add(&back, "/s/A")->mutable_totals()->set_successes(90);
  Tell(back);
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
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A", v1::OPEN);
  *response.add_events() = Transition(8, "/s/A");
  Tell(response);
  v1::ListEventsResponse past;
  *past.add_events() = Transition(5, "/s/A");
  *past.add_events() = Transition(8, "/s/A");
  *past.add_events() = Transition(9, "/s/unknown");
  v1::Event probe = Transition(7, "/s/A");
  probe.set_type("PROBE");
  *past.add_events() = probe;
  relay_.AddEvents(0, past);
  json events = NewerCards()[0]["events"];
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0]["text"], "opened 5");
  EXPECT_EQ(events[1]["text"], "opened 8");
  EXPECT_EQ(events[1]["from"], "CLOSED");
  EXPECT_EQ(events[1]["to"], "OPEN");

  relay_.AddEvents(0, past);
  EXPECT_THAT(NewerCards(), IsEmpty());
  v1::WatchBreakersResponse next = Response(false);
  v1::Event mode = Transition(9, "/s/A");
  mode.set_type("MODE");
  *next.add_events() = mode;
  Tell(next);
  EXPECT_THAT(NewerCards()[0]["events"], SizeIs(3)) << "the whole list";
}

TEST_F(RelayTest, ARestartedProcessNumbersItsEventsAnew) {
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A");
  *response.add_events() = Transition(1, "/s/A");
  Tell(response);
  response.mutable_process()->set_incarnation("b");
  Tell(response);
  EXPECT_THAT(NewerCards()[0]["events"], SizeIs(2));
}

TEST_F(RelayTest, KeepsTheNewestEventsOnly) {
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A");
  for (uint64_t i = 1; i <= 1000; ++i) {
    *response.add_events() = Transition(i, "/s/A");
  }
  Tell(response);
  json events = NewerCards()[0]["events"];
  ASSERT_THAT(events, SizeIs(Card::kMaxEvents));
  EXPECT_EQ(events.back()["text"], "opened 1000");
  v1::ListEventsResponse past;
  *past.add_events() = Transition(3, "/s/A");
  relay_.AddEvents(0, past);
  EXPECT_THAT(NewerCards(), IsEmpty());
}

TEST_F(RelayTest, SaysHowManyEventsWereMissed) {
  v1::WatchBreakersResponse response = Response(true);
  response.set_missed_events(2);
  Tell(response);
  Tell(response);
  EXPECT_EQ(ItemsWith("up", Newer())[0]["missedEvents"], 4);
}

TEST_F(RelayTest, KeepsAsManyBreakersAsThereIsRoomForAndSaysSo) {
  v1::WatchBreakersResponse response = Response(true);
  for (const char* method : {"/s/A", "/s/B", "/s/C", "/s/D"}) {
    Add(&response, method);
  }
  Tell(response);
  const json message = Newer();
  EXPECT_THAT(ItemsWith("card", message), SizeIs(3));
  EXPECT_EQ(ItemsWith("up", message)[0]["hidden"], true);
  EXPECT_EQ(ItemsWith("up", message)[1]["hidden"], false);

  v1::WatchBreakersResponse next = Response(false);
  next.add_gone()->set_method("/s/A");
  Add(&next, "/s/D");
  Tell(next);
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(3));
}

TEST_F(RelayTest, AViewerThatMissedTooManyRemovalsStartsAnew) {
  Newer();
  for (int i = 0; i < 4200; ++i) {
    v1::WatchBreakersResponse response = Response(true);
    Add(&response, "/s/" + std::to_string(i));
    Tell(response);
  }
  const json message = Newer();
  EXPECT_EQ(message[0]["snapshot"], true);
  EXPECT_THAT(ItemsWith("card", message), SizeIs(1));
  EXPECT_THAT(ItemsWith("gone", message), IsEmpty());
  EXPECT_THAT(ItemsWith("card", Everything()), SizeIs(1));
}

TEST_F(RelayTest, AMessageToAViewerThatNeverReadsIsNoLargerThanEverything) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Breaker* const breaker = Add(&response, "/s/A");
  Tell(response);
  Newer();
  response.set_snapshot(false);
  for (uint64_t i = 1; i <= 1000; ++i) {
    Sleep(1000);
    breaker->mutable_totals()->set_successes(i);
    Tell(response);
  }
  EXPECT_LE(Newer().dump().size(), Everything().dump().size() + 1)
      << "false is longer than true";
}

TEST_F(RelayTest, HostileTextsAreClippedAndQuoted) {
  v1::WatchBreakersResponse response = Response(true);
  response.mutable_process()->set_incarnation(std::string(1 << 20, 'i'));
  Add(&response, "</script><b>\n\"\\")->set_cause(std::string(1 << 20, 'c'));
  Add(&response, std::string(1 << 20, 'm'));
  Tell(response);
  relay_.Lose(1, "\xff\n" + std::string(1 << 20, 'w'));
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

}  // namespace
}  // namespace fusebox::tool
