// slow_probe_test.cc: where slow calls are judged, a slow probe is a failed
// one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// A call that takes 2 s or longer is slow. Neither the threshold of the rate
// nor its minimum of calls can be reached.
class SlowProbe : public Script {
 protected:
  SlowProbe() { settings_.slow_call_rate = SlowCallRate{2s, 1, 1000}; }
};

TEST_F(SlowProbe, ReopensAlthoughItSucceeded) {
  OpenAndWait();
  End(Admit(), {Outcome::kSuccess, 2s});
  ExpectState(State::kOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> HALF_OPEN: OPEN_ELAPSED",
                                  "HALF_OPEN -> OPEN: PROBE_SLOW"));
  const Rejection rejection = Reject();
  EXPECT_EQ(rejection.retry_after, 60s);
  EXPECT_EQ(rejection.cause.reason, TransitionReason::kProbeSlow);
  EXPECT_EQ(rejection.cause.last_duration, 2s);
  EXPECT_EQ(rejection.cause.failures, 0u);
  EXPECT_EQ(rejection.cause.slow_calls, 1u);
  EXPECT_EQ(rejection.cause.calls, 0u);
}

TEST_F(SlowProbe, IsOneThatTakesTheDurationOrLonger) {
  OpenAndWait();
  End(Admit(), {Outcome::kSuccess, 2s - 1ns});
  ExpectState(State::kClosed);
}

TEST_F(SlowProbe, MattersOnlyWhereTheRuleIsOn) {
  settings_.slow_call_rate.reset();
  OpenAndWait();
  End(Admit(), {Outcome::kSuccess, 24h});
  ExpectState(State::kClosed);
}

TEST_F(SlowProbe, IsJudgedByTheSettingsAtItsVerdict) {
  OpenAndWait();
  Permit probe = Admit();
  settings_.slow_call_rate->duration = 3s;
  EXPECT_TRUE(breaker().Update(settings_, Now()));
  End(std::move(probe), {Outcome::kSuccess, 2s});
  ExpectState(State::kClosed);
}

TEST_F(SlowProbe, HasNoPushBackUnlessItFailed) {
  OpenAndWait();
  End(Admit(), {Outcome::kSuccess, 2s, 100s});
  EXPECT_EQ(Reject().retry_after, 60s);
  Advance(60s);
  End(Admit(), {Outcome::kFailure, 2s, 100s});
  EXPECT_EQ(Reject().retry_after, 100s);
}

TEST_F(SlowProbe, ThatFailedIsAFailedProbe) {
  OpenAndWait();
  End(Admit(), {Outcome::kFailure, 2s});
  EXPECT_EQ(Told().back(), "HALF_OPEN -> OPEN: PROBE_FAILED");
}

TEST_F(SlowProbe, WhoseOutcomeIsIgnoredFreesItsPlace) {
  OpenAndWait();
  End(Admit(), {Outcome::kIgnored, 24h});
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Look().probes_in_flight, 0u);
  EXPECT_TRUE(Admit().is_probe());
}

TEST_F(SlowProbe, ReopensWhateverTheProbesBeforeItDid) {
  settings_.half_open.successes_to_close = 3;
  OpenAndWait();
  Succeed(2);
  End(Admit(), {Outcome::kSuccess, 2s});
  ExpectState(State::kOpen);
  Advance(60s);
  Succeed(2);
  ExpectState(State::kHalfOpen);
  Succeed();
  ExpectState(State::kClosed);
}

TEST_F(SlowProbe, LengthensTheNextOpening) {
  settings_.open_duration = 1s;
  settings_.open_backoff = OpenBackoff{2, 60s, 0};
  Fail(5);
  for (const Duration length : {2s, 4s, 8s}) {
    Advance(told_.back().open_duration);
    End(Admit(), {Outcome::kSuccess, 2s});
    EXPECT_EQ(told_.back().open_duration, length);
  }
  EXPECT_EQ(Look().openings, 4u);
}

TEST_F(SlowProbe, ThatIsAStreamIsJudgedByItsFirstMessage) {
  OpenAndWait();
  Permit stream = Admit(CallShape::kStream);
  EXPECT_TRUE(stream.Settle({Outcome::kSuccess, 2s}));
  ExpectState(State::kOpen);
  Advance(60s);
  const Permit next = Admit();
  stream.Release();
  EXPECT_EQ(Look().probes_in_flight, 1u);
}

TEST_F(SlowProbe, OfAnEarlierHalfOpenPeriodChangesNothing) {
  settings_.half_open.max_probes = 2;
  OpenAndWait();
  Permit late = Admit();
  Fail();
  Advance(60s);
  const Permit probe = Admit();
  End(std::move(late), {Outcome::kSuccess, 62s});
  ExpectState(State::kHalfOpen);
}

TEST_F(SlowProbe, ReopensInADryRunToo) {
  settings_.mode = Mode::kDryRun;
  OpenAndWait();
  End(Admit(), {Outcome::kSuccess, 2s});
  ExpectState(State::kOpen);
  EXPECT_EQ(WouldReject().rejection->cause.reason,
            TransitionReason::kProbeSlow);
}

TEST_F(SlowProbe, IsNotJudgedInAModeThatJudgesNothing) {
  OpenAndWait();
  Permit probe = Admit();
  breaker().SetOperatorMode(Mode::kDisabled);
  End(std::move(probe), {Outcome::kSuccess, 2s});
  ExpectState(State::kHalfOpen);
}

TEST_F(SlowProbe, CountsAsASuccessInTheTotals) {
  OpenAndWait();
  EXPECT_TRUE(Admit().Finish({Outcome::kSuccess, 2s}, Now()));
  const TotalsReading totals = Totals();
  EXPECT_EQ(totals.successes, 1u);
  EXPECT_EQ(totals.probes[static_cast<size_t>(Outcome::kSuccess)], 1u);
  EXPECT_EQ(
      totals.transitions[static_cast<size_t>(State::kHalfOpen)]
                        [static_cast<size_t>(State::kOpen)]
                        [static_cast<size_t>(TransitionReason::kProbeSlow)],
      1u);
}

}  // namespace
}  // namespace fusebox
