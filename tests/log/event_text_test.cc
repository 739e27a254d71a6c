// event_text_test.cc: the text of events, word for word.

#include "fusebox/log/event_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Event Of(EventType type) {
  Event event;
  event.type = type;
  event.breaker = std::make_shared<const BreakerName>(
      BreakerName{"shop:443", "/shop.v1.Cart/Checkout", ""});
  return event;
}

Event Failed(Event event, absl::StatusCode code, std::string message) {
  event.code = code;
  event.detail = std::move(message);
  event.duration = 3ms;
  return event;
}

Event Opening() {
  Event event = Of(EventType::kTransition);
  event.transition.to = State::kOpen;
  event.transition.cause = {TransitionReason::kConsecutiveFailures, 5, 500ms};
  event.transition.open_duration = 5s;
  event.transition.openings = 1;
  return Failed(event, absl::StatusCode::kUnavailable, "connection refused");
}

TEST(EventText, AnOpeningSaysItsCauseAndItsLength) {
  EXPECT_EQ(EventText(Opening()),
            "/shop.v1.Cart/Checkout on shop:443: CLOSED -> OPEN for 5s: 5 "
            "consecutive failures, last UNAVAILABLE: connection refused");
}

TEST(FailedCallText, SaysTheReasonFirst) {
  const std::string preface =
      "failed to connect to all addresses; last error: UNKNOWN: ";
  const auto text = [](const std::string& message, const std::string& address) {
    return FailedCallText(
        {absl::StatusCode::kUnavailable, message, address, 3ms, {}});
  };
  EXPECT_EQ(text(preface + "ipv4:10.0.0.7:443: Failed to connect to remote "
                           "host: Connection refused",
                 ""),
            "UNAVAILABLE: Connection refused, from 10.0.0.7:443");
  EXPECT_EQ(text(preface + "unix:/run/a.sock: No such file or directory", ""),
            "UNAVAILABLE: No such file or directory, from unix:/run/a.sock");
  EXPECT_EQ(text(preface + "something else", ""),
            "UNAVAILABLE: something else");
  EXPECT_EQ(text(preface, ""), "UNAVAILABLE");
  EXPECT_EQ(text("overloaded", "10.0.0.7:443"),
            "UNAVAILABLE: overloaded, from 10.0.0.7:443");
  EXPECT_EQ(text("", ""), "UNAVAILABLE");
}

TEST(EventText, TheEndOfAnOutageSaysWhatItCost) {
  Event event = Of(EventType::kTransition);
  event.transition.from = State::kHalfOpen;
  event.transition.to = State::kClosed;
  event.transition.cause.reason = TransitionReason::kProbeSucceeded;
  event.transition.at = TimePoint(100s);
  Outage outage;
  outage.since = TimePoint(28s);
  outage.openings = 7;
  outage.rejected = 5220;
  event.transition.outage = outage;
  EXPECT_EQ(EventTextOnly(event),
            "HALF_OPEN -> CLOSED after 1m12s, 7 openings, 5,220 calls "
            "rejected: the probes succeeded");
  event.transition.outage->openings = 1;
  event.transition.outage->rejected = 1;
  event.transition.outage->not_enforced = 2;
  event.transition.outage->fallbacks = 1000;
  EXPECT_EQ(
      EventTextOnly(event),
      "HALF_OPEN -> CLOSED after 1m12s, 1 opening, 1 call rejected, 2 let "
      "pass by DRY_RUN, 1,000 answered by a fallback: the probes "
      "succeeded");
}

TEST(EventText, ARepeatedOpeningIsCounted) {
  Event event = Opening();
  event.transition.from = State::kHalfOpen;
  event.transition.cause = {TransitionReason::kProbeFailed, 1, 500ms};
  event.transition.openings = 3;
  EXPECT_EQ(EventTextOnly(event),
            "HALF_OPEN -> OPEN for 5s, opening 3 in a row: a probe failed: "
            "UNAVAILABLE: connection refused");
}

TEST(EventText, ATransitionWithoutACallHasItsCause) {
  Event event = Of(EventType::kTransition);
  event.transition.from = State::kOpen;
  event.transition.to = State::kHalfOpen;
  event.transition.cause.reason = TransitionReason::kOpenElapsed;
  EXPECT_EQ(EventTextOnly(event), "OPEN -> HALF_OPEN: its opening is over");
  event.transition.from = State::kClosed;
  event.transition.to = State::kClosed;
  event.transition.cause.reason = TransitionReason::kOperator;
  EXPECT_EQ(EventTextOnly(event), "reset: set by an operator");
}

TEST(EventText, AChangeOfModeSaysWhichIsInForce) {
  Event event = Of(EventType::kMode);
  event.transition.mode = Mode::kForcedOpen;
  EXPECT_EQ(EventTextOnly(event), "mode FORCED_OPEN, CLOSED");
}

TEST(EventText, RejectionsSayHowManyAndWhenToRetry) {
  Event event = Of(EventType::kRejection);
  event.count = 12;
  event.retry_after = 799001us;
  EXPECT_EQ(EventTextOnly(event), "12 calls rejected: OPEN, retry after 0.8s");
  event.count = 1;
  event.retry_after.reset();
  event.reason = RejectionReason::kForcedOpen;
  event.enforced = false;
  EXPECT_EQ(EventTextOnly(event),
            "1 call would have been rejected: FORCED_OPEN");
}

TEST(EventText, ProbesSayWhatBecameOfThem) {
  Event event = Of(EventType::kProbe);
  EXPECT_EQ(EventTextOnly(event), "a probe begins");
  event.count = 2;
  EXPECT_EQ(EventTextOnly(event), "2 probes begin");
  event = Failed(event, absl::StatusCode::kInternal, "");
  event.outcome = Outcome::kFailure;
  EXPECT_EQ(EventTextOnly(event),
            "2 probes have ended, last FAILURE, INTERNAL after 0.003s");
}

TEST(EventText, CountsStreamsAndFallbacks) {
  EXPECT_EQ(EventTextOnly(Failed(Of(EventType::kBrokenStream),
                                 absl::StatusCode::kUnavailable, "gone")),
            "1 stream broke, last UNAVAILABLE: gone after 0.003s");
  Event event = Of(EventType::kFallback);
  event.count = 7;
  EXPECT_EQ(EventTextOnly(event), "7 rejected calls answered by a fallback");
}

TEST(EventText, CountsCallsThatOverflow) {
  Event event = Of(EventType::kOverflow);
  event.count = 2;
  event.detail = "/s/m on t";
  EXPECT_EQ(EventTextOnly(event),
            "2 calls passed without a breaker, because the limit of breakers "
            "per target is reached, last /s/m on t");
}

TEST(EventText, SaysWhatABreakerThatLeavesHasSeen) {
  Event event = Of(EventType::kRetired);
  auto last = std::make_shared<Snapshot>();
  last->state = State::kOpen;
  last->totals.admitted = 10;
  last->totals.rejected[0] = 2;
  event.last = last;
  EXPECT_EQ(EventTextOnly(event),
            "has left in OPEN after 12 calls, 2 rejected");
}

TEST(EventText, ARefusedConfigHasEveryProblemOnOneLine) {
  Event event;
  event.type = EventType::kConfigUpdated;
  event.config_generation = 3;
  EXPECT_EQ(EventText(event), "config 3 is in force");
  event.type = EventType::kConfigRefused;
  event.detail = "a: must be 1\n\nb: must be 2\n";
  EXPECT_EQ(
      EventText(event),
      "a config was refused, 3 stays in force: a: must be 1; b: must be 2");
}

TEST(EventText, IsBoundedAndOneLineWhateverAServerSays) {
  Event event = Opening();
  event.detail = "\x1b]0;evil\x07\n" + std::string(100000, 'x');
  EXPECT_THAT(EventText(event), HasSubstr("\\x1b]0;evil\\x07\\n"));
  EXPECT_LT(EventText(event).size(), 500u);
  event.type = EventType::kConfigRefused;
  event.detail = std::string(100000, '\n') + std::string(100000, 'x');
  EXPECT_LT(EventText(event).size(), 5000u);
  EXPECT_THAT(EventText(event), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace fusebox
