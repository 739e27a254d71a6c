// operator_test.cc: modes, the operator's mode, and resets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using Operator = Script;
using Reset = Script;
using Disabled = Script;
using ForcedOpen = Script;
using testing::ElementsAre;

TEST_F(Disabled, EveryCallPassesAndNoneIsJudged) {
  settings_.mode = Mode::kDisabled;
  Fail(100);
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Totals().failures, 100u);
  EXPECT_EQ(Totals().late, 0u);
}

TEST_F(Disabled, CallsPassAnOpenCircuitAndAreNoProbes) {
  Fail(5);
  breaker().SetOperatorMode(Mode::kDisabled);
  EXPECT_FALSE(Admit().is_probe());
  Advance(60s);
  EXPECT_FALSE(Admit().is_probe());
  ExpectState(State::kOpen);
}

TEST_F(Disabled, CallsThatBeganInItAreNotJudgedAfterwards) {
  breaker().SetOperatorMode(Mode::kDisabled);
  Permit unjudged = Admit();
  breaker().SetOperatorMode(std::nullopt);
  Fail(4);
  Fail(std::move(unjudged));
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 4u);
}

TEST_F(Disabled, AProbeStillFreesItsPlace) {
  OpenAndWait();
  Permit probe = Admit();
  breaker().SetOperatorMode(Mode::kDisabled);
  Fail(std::move(probe));
  EXPECT_EQ(Look().probes_in_flight, 0u);
  breaker().SetOperatorMode(std::nullopt);
  EXPECT_TRUE(Admit().is_probe());
}

TEST_F(ForcedOpen, RejectsEveryCallWithoutARetryTime) {
  settings_.mode = Mode::kForcedOpen;
  for (int i = 0; i < 3; ++i) {
    const Rejection rejection = Reject();
    EXPECT_EQ(rejection.reason, RejectionReason::kForcedOpen);
    EXPECT_EQ(rejection.state, State::kOpen);
    EXPECT_EQ(rejection.retry_after, std::nullopt);
    EXPECT_EQ(rejection.cause.reason, TransitionReason::kOperator);
    Advance(24h);
  }
  ExpectState(State::kClosed);
  EXPECT_EQ(Rejected(RejectionReason::kForcedOpen), 3u);
}

TEST_F(ForcedOpen, KeepsTheStateUnderneath) {
  Fail(5);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_EQ(Reject().reason, RejectionReason::kForcedOpen);
  Advance(20s);
  breaker().SetOperatorMode(std::nullopt);
  EXPECT_EQ(Reject().retry_after, 40s);
}

TEST_F(Operator, CallsThatBeganBeforeDisabledOrForcedOpenAreNotJudged) {
  for (const Mode mode : {Mode::kDisabled, Mode::kForcedOpen}) {
    Fail(4);
    Permit before = Admit();
    breaker().SetOperatorMode(mode);
    Fail(std::move(before));
    ExpectState(State::kClosed);
    EXPECT_EQ(Look().consecutive_failures, 4u);
    breaker().SetOperatorMode(std::nullopt);
    Fail();
    ExpectState(State::kOpen);
    breaker().Reset();
  }
  EXPECT_EQ(Totals().failures, 12u);
}

TEST_F(Operator, ModeOverridesTheSettingsUntilItIsRemoved) {
  settings_.mode = Mode::kForcedOpen;
  breaker().SetOperatorMode(Mode::kEnforce);
  EXPECT_EQ(Look().mode, Mode::kEnforce);
  EXPECT_EQ(Look().operator_mode, Mode::kEnforce);
  Succeed();
  breaker().SetOperatorMode(std::nullopt);
  EXPECT_EQ(Look().mode, Mode::kForcedOpen);
  EXPECT_EQ(Look().operator_mode, std::nullopt);
  EXPECT_EQ(Reject().reason, RejectionReason::kForcedOpen);
}

TEST_F(Operator, AChangeOfModeIsReportedAndKeepsStateAndGeneration) {
  Fail(5);
  Advance(1s);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES",
                                  "OPEN -> OPEN: OPERATOR"));
  EXPECT_EQ(told_.back().mode, Mode::kForcedOpen);
  EXPECT_EQ(told_.back().generation, 2u);
  EXPECT_EQ(told_.back().at, Now());
  EXPECT_EQ(Look().generation, 2u);
}

TEST_F(Operator, SettingTheModeInForceIsNotReported) {
  breaker().SetOperatorMode(Mode::kEnforce);
  EXPECT_EQ(Look().operator_mode, Mode::kEnforce);
  breaker().SetOperatorMode(std::nullopt);
  EXPECT_TRUE(told_.empty());
}

TEST_F(Operator, ModeSurvivesTransitions) {
  breaker().SetOperatorMode(Mode::kDryRun);
  Fail(5);
  EXPECT_EQ(Look().mode, Mode::kDryRun);
  EXPECT_EQ(told_.back().mode, Mode::kDryRun);
  EXPECT_TRUE(WouldReject());
  breaker().Reset();
  EXPECT_EQ(Look().mode, Mode::kDryRun);
}

TEST_F(Operator, AChangeOfModeHasTheTimeThatWasPassed) {
  const TimePoint later = Now() + 5s;
  breaker().SetOperatorMode(Mode::kDisabled, later);
  EXPECT_EQ(told_.back().at, later);
}

TEST_F(Reset, ClosesAnOpenCircuit) {
  Fail(5);
  breaker().Reset();
  ExpectState(State::kClosed);
  EXPECT_EQ(Told().back(), "OPEN -> CLOSED: OPERATOR");
  EXPECT_EQ(Look().openings, 0u);
  EXPECT_EQ(Look().generation, 3u);
  Succeed();
}

TEST_F(Reset, ClosesAHalfOpenCircuitAndMakesItsProbeLate) {
  OpenAndWait();
  Permit probe = Admit();
  breaker().Reset();
  EXPECT_EQ(Told().back(), "HALF_OPEN -> CLOSED: OPERATOR");
  Fail(std::move(probe));
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().probes_in_flight, 0u);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Totals().late, 1u);
}

TEST_F(Reset, ForgetsTheFailureRunOfAClosedCircuit) {
  Fail(4);
  Permit before = Admit();
  breaker().Reset();
  EXPECT_EQ(Told().back(), "CLOSED -> CLOSED: OPERATOR");
  EXPECT_EQ(Look().consecutive_failures, 0u);
  Fail(std::move(before));
  Fail(4);
  ExpectState(State::kClosed);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(Operator, TakesBackTheLastSetting) {
  const uint64_t setting = breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_EQ(Look().operator_settings, setting);
  EXPECT_TRUE(breaker().TakeBackOperatorMode(setting, Now()));
  EXPECT_EQ(Look().operator_mode, std::nullopt);
  EXPECT_EQ(Look().mode, Mode::kEnforce);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> CLOSED: OPERATOR",
                                  "CLOSED -> CLOSED: OPERATOR"));
  EXPECT_EQ(told_.back().mode, Mode::kEnforce);
  Admit();
}

TEST_F(Operator, DoesNotTakeBackANewerSetting) {
  const uint64_t setting = breaker().SetOperatorMode(Mode::kForcedOpen);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  EXPECT_FALSE(breaker().TakeBackOperatorMode(setting, Now()));
  EXPECT_EQ(Look().mode, Mode::kForcedOpen);
}

TEST_F(Operator, TakesBackASettingOnlyOnce) {
  const uint64_t setting = breaker().SetOperatorMode(Mode::kForcedOpen);
  breaker().TakeBackOperatorMode(setting, Now());
  EXPECT_FALSE(breaker().TakeBackOperatorMode(setting, Now()));
}

TEST_F(Reset, KeepsModeAndTotals) {
  Fail(5);
  breaker().SetOperatorMode(Mode::kForcedOpen);
  breaker().Reset();
  EXPECT_EQ(Look().mode, Mode::kForcedOpen);
  EXPECT_EQ(Totals().failures, 5u);
  EXPECT_EQ(Reject().reason, RejectionReason::kForcedOpen);
}

}  // namespace
}  // namespace fusebox
