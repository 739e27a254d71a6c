// closed_test.cc: CLOSED lets calls pass and counts consecutive failures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using Closed = Script;
using testing::ElementsAre;

TEST_F(Closed, IsTheFirstState) {
  const Snapshot snapshot = Look();
  EXPECT_EQ(snapshot.state, State::kClosed);
  EXPECT_EQ(snapshot.mode, Mode::kEnforce);
  EXPECT_EQ(snapshot.operator_mode, std::nullopt);
  EXPECT_EQ(snapshot.generation, 1u);
  EXPECT_EQ(snapshot.since, std::nullopt);
  EXPECT_EQ(snapshot.open_until, std::nullopt);
  EXPECT_EQ(snapshot.openings, 0u);
  EXPECT_EQ(snapshot.consecutive_failures, 0u);
  EXPECT_EQ(snapshot.probes_in_flight, 0u);
  EXPECT_TRUE(told_.empty());
}

TEST_F(Closed, AdmitsCallsThatAreNoProbes) { EXPECT_FALSE(Admit().is_probe()); }

TEST_F(Closed, FiveConsecutiveFailuresOpenTheCircuitAndFourDoNot) {
  Fail(4);
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 4u);
  Fail();
  ExpectState(State::kOpen);
  EXPECT_THAT(Told(), ElementsAre("CLOSED -> OPEN: CONSECUTIVE_FAILURES"));
  EXPECT_EQ(Look().open_until, Now() + 60s);
  EXPECT_EQ(Look().generation, 2u);
}

TEST_F(Closed, ASuccessEndsTheFailureRun) {
  Fail(4);
  Succeed();
  EXPECT_EQ(Look().consecutive_failures, 0u);
  Fail(4);
  ExpectState(State::kClosed);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(Closed, IgnoredAndAbandonedCallsDoNotEndTheFailureRun) {
  Fail(4);
  Ignore(10);
  Abandon(Admit());
  EXPECT_EQ(Look().consecutive_failures, 4u);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(Closed, IgnoredOutcomesNeverOpenTheCircuit) {
  Ignore(1000);
  ExpectState(State::kClosed);
}

TEST_F(Closed, AThresholdOfZeroNeverOpensTheCircuit) {
  settings_.consecutive_failures = 0;
  Fail(1000);
  ExpectState(State::kClosed);
  EXPECT_TRUE(told_.empty());
}

TEST_F(Closed, AThresholdOfOneOpensAtTheFirstFailure) {
  settings_.consecutive_failures = 1;
  Succeed(3);
  Fail();
  ExpectState(State::kOpen);
}

TEST_F(Closed, FailuresHoursApartAreStillConsecutive) {
  for (int i = 0; i < 5; ++i) {
    Fail();
    Advance(10h);
  }
  ExpectState(State::kOpen);
}

TEST_F(Closed, VerdictsCountInTheirOwnOrderNotInTheOrderOfTheCalls) {
  Permit early = Admit();
  Fail(4);
  Succeed(std::move(early));
  Fail(4);
  ExpectState(State::kClosed);
}

TEST_F(Closed, AVerdictCountsBeforeItsCallHasEnded) {
  std::vector<Permit> permits;
  for (int i = 0; i < 5; ++i) {
    permits.push_back(Admit());
    EXPECT_TRUE(permits.back().Settle({Outcome::kFailure}));
  }
  ExpectState(State::kOpen);
}

TEST_F(Closed, TheFailureRunIsZeroAfterClosingAgain) {
  OpenAndWait();
  Succeed();
  ExpectState(State::kClosed);
  EXPECT_EQ(Look().consecutive_failures, 0u);
  EXPECT_EQ(Look().openings, 0u);
  Fail(4);
  ExpectState(State::kClosed);
  Fail();
  ExpectState(State::kOpen);
  EXPECT_EQ(Look().openings, 1u);
}

TEST_F(Closed, WorksTheSameWithoutTotals) {
  keep_totals_ = false;
  Succeed(3);
  Ignore();
  Abandon(Admit());
  Fail(5);
  Reject();
  Advance(60s);
  Permit hung = Admit();
  Advance(30s);
  Reject();
  Succeed(std::move(hung));
  Advance(60s);
  Succeed();
  ExpectState(State::kClosed);
  EXPECT_EQ(Totals().admitted, 0u);
  EXPECT_EQ(Totals().failures, 0u);
  EXPECT_EQ(Totals().rejected_in_all(), 0u);
}

}  // namespace
}  // namespace fusebox
