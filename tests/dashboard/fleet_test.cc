// fleet_test.cc: what viewers are told of the breakers of several processes.

#include "tools/dashboard/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::SizeIs;

constexpr int64_t kWall = 1'700'000'000;

v1::WatchBreakersResponse Response(bool snapshot) {
  v1::WatchBreakersResponse response;
  response.set_snapshot(snapshot);
  response.mutable_process()->set_name("shop");
  response.mutable_process()->set_pid(77);
  response.mutable_process()->set_incarnation("a");
  response.mutable_process()->mutable_time()->set_seconds(kWall);
  return response;
}

v1::Breaker* Add(v1::WatchBreakersResponse* response, const std::string& method,
                 v1::State state = v1::CLOSED) {
  v1::Breaker* const breaker = response->add_breakers();
  breaker->mutable_name()->set_method(method);
  breaker->set_state(state);
  return breaker;
}

v1::Event Transition(uint64_t sequence, const std::string& method,
                     int64_t seconds_ago) {
  v1::Event event;
  event.set_sequence(sequence);
  event.set_type("TRANSITION");
  event.mutable_breaker()->set_method(method);
  event.set_from(v1::CLOSED);
  event.set_to(v1::OPEN);
  event.mutable_time()->set_seconds(kWall - seconds_ago);
  event.set_text("opened " + std::to_string(sequence));
  return event;
}

class FleetTest : public testing::Test {
 protected:
  json News() { return json::parse(fleet_.News(&viewer_, now_)); }
  json All() {
    Viewer viewer;
    return json::parse(fleet_.News(&viewer, now_));
  }
  void Tell(const v1::WatchBreakersResponse& response) {
    fleet_.Update(0, response, now_);
  }

  Millis now_{10'000};
  Fleet fleet_{{"unix:/a", "host:1"}, 3};
  Viewer viewer_;
};

TEST_F(FleetTest, ProcessesAreThereBeforeTheyAnswer) {
  const json news = News();
  EXPECT_EQ(news["snapshot"], true);
  ASSERT_THAT(news["processes"], SizeIs(2));
  EXPECT_EQ(news["processes"][1]["info"]["address"], "host:1");
  EXPECT_EQ(news["processes"][1]["info"]["up"], false);
  EXPECT_FALSE(news.contains("cards"));
}

TEST_F(FleetTest, AViewerGetsAllAndThenOnlyWhatChanged) {
  v1::WatchBreakersResponse first = Response(true);
  Add(&first, "/s/A")->mutable_thresholds()->set_consecutive_failures(5);
  Add(&first, "/s/B");
  Tell(first);
  json news = News();
  ASSERT_THAT(news["cards"], SizeIs(2));
  EXPECT_EQ(news["cards"][0]["name"]["method"], "/s/A");
  EXPECT_EQ(news["cards"][0]["rules"]["run"], 5);
  EXPECT_FALSE(news["cards"][1]["rules"].contains("run"));

  v1::WatchBreakersResponse second = Response(false);
  v1::Breaker* const b = Add(&second, "/s/B", v1::OPEN);
  b->set_cause("5 consecutive failures, last UNAVAILABLE: refused");
  b->mutable_probe_in()->set_seconds(2);
  Tell(second);
  const int id = news["cards"][1]["id"];
  news = News();
  EXPECT_FALSE(news.contains("snapshot"));
  EXPECT_FALSE(news.contains("processes"));
  ASSERT_THAT(news["cards"], SizeIs(1));
  const json card = news["cards"][0];
  EXPECT_EQ(card["id"], id);
  EXPECT_EQ(card["state"]["is"], "OPEN");
  EXPECT_EQ(card["state"]["probeAt"], 12'000);
  EXPECT_EQ(card["state"]["cause"], b->cause());
  EXPECT_FALSE(card.contains("name"));
  EXPECT_FALSE(card.contains("counts"));

  EXPECT_FALSE(News().contains("cards"));
  EXPECT_THAT(All()["cards"], SizeIs(2));
}

TEST_F(FleetTest, CountdownsThatArriveALittleLateAreNoNews) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Breaker* const breaker = Add(&response, "/s/A", v1::OPEN);
  breaker->set_generation(1);
  breaker->mutable_probe_in()->set_seconds(5);
  breaker->mutable_in_state()->set_seconds(1);
  Tell(response);
  News();
  now_ += Millis(1040);
  response.set_snapshot(false);
  breaker->mutable_probe_in()->set_seconds(4);
  breaker->mutable_in_state()->set_seconds(2);
  Tell(response);
  EXPECT_FALSE(News().contains("cards"));

  breaker->set_generation(3);  // it has been half-open in between
  breaker->mutable_probe_in()->set_seconds(5);
  breaker->mutable_in_state()->set_seconds(0);
  Tell(response);
  EXPECT_EQ(News()["cards"][0]["state"]["probeAt"], 16'040);
}

TEST_F(FleetTest, CallsBecomeRates) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Totals* const totals = Add(&response, "/s/A")->mutable_totals();
  totals->set_successes(1'000'000);
  Tell(response);
  EXPECT_FALSE(News()["cards"][0].contains("rate"));
  response.set_snapshot(false);
  now_ += Millis(1000);
  totals->set_successes(1'000'040);
  totals->set_failures(3);
  (*totals->mutable_rejected())["OPEN"] = 4;
  (*totals->mutable_rejected())["PROBES_BUSY"] = 1;
  (*totals->mutable_not_enforced())["OPEN"] = 9;
  Tell(response);
  const json card = News()["cards"][0];
  EXPECT_EQ(card["rate"], json::parse("[[10, 40, 3, 5]]"));
  EXPECT_EQ(card["counts"]["wouldReject"], 9);
}

TEST_F(FleetTest, ABreakerThatIsNewWhileWatchedBeginsAtZero) {
  Tell(Response(true));
  now_ += Millis(1000);
  v1::WatchBreakersResponse response = Response(false);
  Add(&response, "/s/A")->mutable_totals()->set_successes(6);
  Tell(response);
  EXPECT_EQ(News()["cards"][0]["rate"], json::parse("[[10, 6, 0, 0]]"));
}

TEST_F(FleetTest, ALostProcessStaysAndItsReturnReplacesAll) {
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A")->mutable_totals()->set_successes(50);
  Add(&response, "/s/B");
  Tell(response);
  const int gone = News()["cards"][1]["id"];

  now_ += Millis(5000);
  fleet_.Lose(0, "UNAVAILABLE: refused", now_);
  json news = News();
  EXPECT_FALSE(news.contains("cards"));
  EXPECT_EQ(news["processes"][0]["info"]["up"], false);
  EXPECT_EQ(news["processes"][0]["info"]["why"], "UNAVAILABLE: refused");
  EXPECT_EQ(news["processes"][0]["info"]["since"], 15'000);

  now_ += Millis(5000);
  v1::WatchBreakersResponse back = Response(true);
  back.mutable_process()->set_incarnation("b");
  Add(&back, "/s/A")->mutable_totals()->set_successes(90);
  Tell(back);
  news = News();
  EXPECT_EQ(news["processes"][0]["info"]["up"], true);
  EXPECT_EQ(news["gone"], json::array({gone}));
  ASSERT_THAT(news["cards"], SizeIs(1));
  EXPECT_FALSE(news["cards"][0].contains("rate")) << "nobody saw those calls";
}

TEST_F(FleetTest, EventsComeOnceInTheirOrderAndAtTheirTime) {
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A", v1::OPEN);
  *response.add_events() = Transition(8, "/s/A", 1);
  Tell(response);
  v1::ListEventsResponse past;
  *past.add_events() = Transition(5, "/s/A", 30);
  *past.add_events() = Transition(8, "/s/A", 1);
  *past.add_events() = Transition(9, "/s/unknown", 1);
  v1::Event probe = Transition(7, "/s/A", 1);
  probe.set_type("PROBE");
  *past.add_events() = probe;
  fleet_.TakeEvents(0, past, now_);
  const json events = News()["cards"][0]["events"];
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0]["text"], "opened 5");
  EXPECT_EQ(events[0]["at"], -20'000);
  EXPECT_EQ(events[1]["at"], 9'000);
  EXPECT_EQ(events[1]["from"], "CLOSED");
  EXPECT_EQ(events[1]["to"], "OPEN");
}

TEST_F(FleetTest, ARestartedProcessNumbersItsEventsAnew) {
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A");
  *response.add_events() = Transition(1, "/s/A", 1);
  Tell(response);
  response.mutable_process()->set_incarnation("b");
  Tell(response);
  EXPECT_THAT(News()["cards"][0]["events"], SizeIs(2));
}

TEST_F(FleetTest, KeepsTheNewestEventsOnly) {
  v1::WatchBreakersResponse response = Response(true);
  Add(&response, "/s/A");
  for (uint64_t i = 1; i <= 1000; ++i) {
    *response.add_events() = Transition(i, "/s/A", 1);
  }
  Tell(response);
  const json events = News()["cards"][0]["events"];
  ASSERT_THAT(events, SizeIs(Card::kMostEvents));
  EXPECT_EQ(events.back()["text"], "opened 1000");
}

TEST_F(FleetTest, ShowsAsManyBreakersAsThereIsRoomForAndSaysSo) {
  v1::WatchBreakersResponse response = Response(true);
  for (const char* method : {"/s/A", "/s/B", "/s/C", "/s/D"}) {
    Add(&response, method);
  }
  Tell(response);
  const json news = News();
  EXPECT_THAT(news["cards"], SizeIs(3));
  EXPECT_EQ(news["processes"][0]["info"]["hidden"], true);
  EXPECT_EQ(news["processes"][1]["info"]["hidden"], false);

  v1::WatchBreakersResponse next = Response(false);
  next.add_gone()->set_method("/s/A");
  Add(&next, "/s/D");
  Tell(next);
  EXPECT_THAT(All()["cards"], SizeIs(3));
}

TEST_F(FleetTest, AViewerThatMissedTooManyPartingsStartsAnew) {
  News();
  for (int i = 0; i < 5000; ++i) {
    v1::WatchBreakersResponse response = Response(true);
    Add(&response, "/s/" + std::to_string(i));
    Tell(response);
  }
  const json news = News();
  EXPECT_EQ(news["snapshot"], true);
  EXPECT_THAT(news["cards"], SizeIs(1));
  EXPECT_THAT(All()["cards"], SizeIs(1));
}

TEST_F(FleetTest, NewsToAViewerThatNeverReadsIsNoLargerThanEverything) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Breaker* const breaker = Add(&response, "/s/A");
  Tell(response);
  News();
  response.set_snapshot(false);
  for (uint64_t i = 1; i <= 10'000; ++i) {
    now_ += Millis(1000);
    breaker->mutable_totals()->set_successes(i);
    Tell(response);
  }
  EXPECT_LE(fleet_.News(&viewer_, now_).size(), All().dump().size());
}

TEST_F(FleetTest, HostileTextsAreClippedAndQuoted) {
  v1::WatchBreakersResponse response = Response(true);
  v1::Breaker* const breaker = Add(&response, "</script><b>\n\"\\");
  std::string cause;
  for (int i = 0; i < 4000; ++i) cause += "\u20ac";
  breaker->set_cause(cause);
  breaker->mutable_probe_in()->set_seconds(std::numeric_limits<int64_t>::max());
  breaker->mutable_in_state()->set_seconds(std::numeric_limits<int64_t>::min());
  breaker->mutable_thresholds()->set_failure_rate(
      std::numeric_limits<double>::quiet_NaN());
  Tell(response);
  Viewer viewer;
  const std::string news = fleet_.News(&viewer, now_);
  EXPECT_EQ(news.find('\n'), std::string::npos) << "an event is a line";
  const json card = json::parse(news)["cards"][0];
  EXPECT_EQ(card["name"]["method"], "</script><b>\n\"\\");
  const std::string clipped = card["state"]["cause"];
  EXPECT_LE(clipped.size(), Card::kMostText + 3);
  EXPECT_EQ(clipped, cause.substr(0, 1023) + "...");
}

}  // namespace
}  // namespace fusebox::tool
