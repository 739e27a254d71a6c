// open_test.cc: OPEN rejects calls until the opening is over, and no longer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using Open = Script;
using Pushback = Script;
using testing::ElementsAre;

TEST_F(Open, RejectsUntilTheLastNanosecondWithTheRestOfTheOpening) {
  settings_.open_duration = 60s + 1ns;
  Fail(5);
  EXPECT_EQ(Reject().retry_after, 60s + 1ns);
  Advance(1ns);
  EXPECT_EQ(Reject().retry_after, 60s);
  Advance(60s - 1ns);
  const Rejection rejection = Reject();
  EXPECT_EQ(rejection.reason, RejectionReason::kOpen);
  EXPECT_EQ(rejection.state, State::kOpen);
  EXPECT_EQ(rejection.retry_after, 1ns);
  ExpectState(State::kOpen);
}

TEST_F(Open, TheRejectionAndTheSnapshotSayWhatOpenedTheCircuit) {
  Run(4, {Outcome::kFailure, 30s});
  Run(1, {Outcome::kFailure, 7ms});
  for (const Cause& cause : {Reject().cause, Look().opened_by}) {
    EXPECT_EQ(cause.reason, TransitionReason::kConsecutiveFailures);
    EXPECT_EQ(cause.failures, 5u);
    EXPECT_EQ(cause.last_duration, 7ms);
  }
}

TEST_F(Open, TheFirstCallAtItsEndIsAProbe) {
  OpenAndWait();
  const Permit permit = Admit();
  EXPECT_TRUE(permit.is_probe());
  ExpectState(State::kHalfOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED"));
  EXPECT_EQ(Look().generation, 3u);
}

TEST_F(Open, StaysOpenWhileNobodyCalls) {
  Fail(5);
  Advance(24h);
  ExpectState(State::kOpen);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(Open, RejectionsDoNotProlongIt) {
  Fail(5);
  for (int i = 0; i < 60; ++i) {
    Reject();
    Advance(1s);
  }
  EXPECT_TRUE(Admit().is_probe());
  EXPECT_EQ(Rejected(RejectionReason::kOpen), 60u);
}

TEST_F(Open, LateFailuresNeverProlongIt) {
  std::vector<Permit> late;
  for (int i = 0; i < 32; ++i) late.push_back(Admit());
  Fail(5);
  const auto open_until = Look().open_until;
  for (Permit& permit : late) {
    Advance(1s);
    End(std::move(permit), {Outcome::kFailure, 1s, 5min});
  }
  EXPECT_EQ(Look().open_until, open_until);
  EXPECT_EQ(Reject().retry_after, 28s);
  EXPECT_EQ(Totals().failures, 37u);
  EXPECT_EQ(Totals().late, 32u);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(Open, ALateSuccessDoesNotCloseIt) {
  Permit late = Admit();
  Fail(5);
  Succeed(std::move(late));
  ExpectState(State::kOpen);
  EXPECT_EQ(Totals().successes, 1u);
}

TEST_F(Open, AStreamThatBreaksChangesNothing) {
  settings_.consecutive_failures = 1;
  Fail();
  const auto open_until = Look().open_until;
  Advance(10s);
  breaker().ReportBrokenStream({Outcome::kFailure}, true, Now());
  EXPECT_EQ(Look().open_until, open_until);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Totals().broken_streams, 1u);
}

TEST_F(Open, TheSnapshotGivesItsBeginningAndItsEnd) {
  Fail(5);
  const TimePoint opened = Now();
  Advance(5s);
  EXPECT_EQ(Look().since, opened);
  EXPECT_EQ(Look().open_until, opened + 60s);
  EXPECT_EQ(Look().openings, 1u);
  EXPECT_EQ(Look().opened_by.failures, 5u);
  EXPECT_EQ(Look().consecutive_failures, 0u);
}

// What a failure asks for when it opens the circuit for a minute.
struct PushbackCase {
  const char* name;
  Duration pushback;
  Duration opening;
  void (*change)(Settings& settings) = [](Settings&) {};
};
class PushbackTest : public Script,
                     public testing::WithParamInterface<PushbackCase> {};

TEST_P(PushbackTest, OfAFailureDecidesTheLengthOfItsOpening) {
  GetParam().change(settings_);
  Fail(4);
  Run(1, {Outcome::kFailure, 1ms, GetParam().pushback});
  EXPECT_EQ(Reject().retry_after, GetParam().opening);
  EXPECT_EQ(told_.back().open_duration, GetParam().opening);
}

INSTANTIATE_TEST_SUITE_P(
    Each, PushbackTest,
    testing::Values(PushbackCase{"LongerThanTheOpening", 90s, 90s},
                    PushbackCase{"ShorterThanTheOpening", 59s, 60s},
                    PushbackCase{"LongerThanTheMaximum", 24h, 5min},
                    PushbackCase{"Negative", Duration::min(), 60s},
                    PushbackCase{"WithAMaximumBelowTheOpening", 24h, 60s,
                                 [](Settings& s) { s.max_pushback = 1s; }},
                    PushbackCase{"WithAMaximumOfZero", 24h, 60s,
                                 [](Settings& s) { s.max_pushback = 0s; }},
                    PushbackCase{
                        "ThatIsNotHonored", 90s, 60s,
                        [](Settings& s) { s.honor_pushback = false; }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(Pushback, IsForgottenIfTheFailureDoesNotOpenTheCircuit) {
  Run(4, {Outcome::kFailure, 1ms, 90s});
  Fail();
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, OfASuccessOrAnIgnoredOutcomeIsIgnored) {
  Run(1, {Outcome::kSuccess, 1ms, 90s});
  Run(1, {Outcome::kIgnored, 1ms, 90s});
  ExpectState(State::kClosed);
  Fail(5);
  EXPECT_EQ(Reject().retry_after, 60s);
}

TEST_F(Pushback, OfAFailedProbeLengthensTheNextOpening) {
  OpenAndWait();
  Run(1, {Outcome::kFailure, 1ms, 90s});
  EXPECT_EQ(Reject().retry_after, 90s);
  Advance(90s);
  Fail();
  EXPECT_EQ(Reject().retry_after, 60s);
}

}  // namespace
}  // namespace fusebox
