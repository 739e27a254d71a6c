// relay_fixture.h: a relay, what processes send it, and what a viewer gets.

#ifndef FUSEBOX_TESTS_DASHBOARD_RELAY_FIXTURE_H_
#define FUSEBOX_TESTS_DASHBOARD_RELAY_FIXTURE_H_

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/testing/manual_clock.h"
#include "fusebox/v1/admin.pb.h"
#include "tests/dashboard/browser.h"
#include "tools/dashboard/relay.h"

namespace fusebox::tool {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

// Parts of messages, as text.
inline std::string BreakerText(const std::string& method,
                               const std::string& more = "") {
  return " breakers { name { method: '" + method + "' } " + more + " }";
}
inline std::string Successes(int calls) {
  return "totals { successes: " + std::to_string(calls) + " }";
}

class RelayTest : public testing::Test {
 protected:
  static constexpr int64_t kWall =
      1'700'000'000;  // when the relay starts, in s

  RelayTest() {
    clock_.SetWall(
        std::chrono::system_clock::time_point(std::chrono::seconds(kWall)));
  }

  // An event of now.
  std::string EventText(int sequence, const std::string& method = "/s/A",
                        const std::string& type = "TRANSITION") const {
    const std::string number = std::to_string(sequence);
    return " events { sequence: " + number + " time { " + WallText(now_) +
           " } type: '" + type + "' breaker { method: '" + method +
           "' } from: CLOSED to: OPEN text: 'opened " + number + "' }";
  }

  // What the viewer has not seen; null if there is nothing.
  nlohmann::json Newer() { return Newer(&seen_); }
  nlohmann::json Everything() {
    Version nothing = 0;
    return Newer(&nothing);
  }
  nlohmann::json Newer(Version* seen) {
    const std::optional<std::string> message = relay_.Wait(seen, Millis(0));
    return !message || message->empty() ? nlohmann::json()
                                        : nlohmann::json::parse(*message);
  }
  std::vector<nlohmann::json> NewerCards() {
    return ItemsWith("card", Newer());
  }

  // The first process sends a snapshot, a change, or what it kept.
  void SendSnapshot(const std::string& text,
                    const std::string& incarnation = "a") {
    Send("snapshot: true " + text, incarnation);
  }
  void Send(const std::string& text, const std::string& incarnation = "a") {
    relay_.Update(
        0, Parse<v1::WatchBreakersResponse>(
               "process { name: 'shop' pid: 77 incarnation: '" + incarnation +
               "' time { " + WallText(now_ - late_) + " } } " + text));
  }
  void SendPast(const std::string& text) {
    relay_.AddEvents(0, Parse<v1::ListEventsResponse>(text));
  }

  void Sleep(int64_t ms) {
    now_ += ms;
    clock_.Advance(Millis(ms));
  }

  // A process that sends now, as a part of a message.
  std::string ProcessText() const {
    return " process { time { " + WallText(now_) + " } } ";
  }

  // What is sent from now on was sent this long ago.
  void SetLate(int64_t ms) { late_ = ms; }

  ManualClock clock_;
  Relay relay_{{"unix:/a", "host:1"}, {3, size_t{1} << 20}, clock_};
  Version seen_ = 0;

 private:
  static std::string WallText(int64_t ms) {
    return "seconds: " + std::to_string(kWall + ms / 1000) +
           " nanos: " + std::to_string(ms % 1000 * 1'000'000);
  }

  int64_t now_ = 0;
  int64_t late_ = 0;
};

// The history of a breaker.
class RelayHistoryTest : public RelayTest {
 protected:
  // The calls of /s/A: [number of the slot, successes].
  nlohmann::json Tens() { return Successes("tens"); }
  nlohmann::json Seconds() { return Successes("seconds"); }

  nlohmann::json TheCard() { return ItemsWith("card", Everything())[0]; }
  nlohmann::json From() { return Everything()[0]["from"]; }

  static std::string Calls(int successes, const std::string& method = "/s/A") {
    return BreakerText(method, fusebox::tool::Successes(successes));
  }

 private:
  nlohmann::json Successes(const char* key) {
    nlohmann::json slots = nlohmann::json::array();
    const nlohmann::json card = TheCard();
    if (!card.contains(key)) return slots;
    for (const nlohmann::json& slot : card[key]) {
      slots.push_back(nlohmann::json::array({slot[0], slot[2]}));
    }
    return slots;
  }
};

}  // namespace fusebox::tool

#endif  // FUSEBOX_TESTS_DASHBOARD_RELAY_FIXTURE_H_
