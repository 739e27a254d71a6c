// totals_test.cc: the totals only grow, and they add up.

#include "fusebox/core/internal/totals.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>

#include "fusebox/core/snapshot.h"
#include "tests/base/threads.h"
#include "tests/core/script.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using BreakerTotals = Script;

TEST(Totals, EachCounterCountsItsOwnEvent) {
  Totals totals;
  totals.Admitted();
  totals.Admitted();
  totals.Ended();
  totals.Settled(Outcome::kSuccess);
  for (int i = 0; i < 2; ++i) totals.Settled(Outcome::kFailure);
  for (int i = 0; i < 3; ++i) totals.Settled(Outcome::kIgnored);
  for (int i = 0; i < 4; ++i) totals.Abandoned();
  for (int i = 0; i < 10; ++i) totals.Cancelled(/*own=*/true);
  for (int i = 0; i < 11; ++i) totals.Cancelled(/*own=*/false);
  for (int i = 0; i < 5; ++i) totals.Late();
  for (int i = 0; i < 9; ++i) totals.Fallback();
  for (int i = 0; i < 6; ++i) totals.Rejected(RejectionReason::kOpen);
  for (int i = 0; i < 7; ++i) totals.Rejected(RejectionReason::kForcedOpen);
  for (int i = 0; i < 8; ++i) totals.NotEnforced(RejectionReason::kProbesBusy);
  for (int i = 0; i < 12; ++i) totals.ProbeEnded(Outcome::kFailure);
  for (int i = 0; i < 13; ++i) {
    totals.Changed(State::kClosed, State::kOpen, TransitionReason::kOperator);
  }
  const TotalsReading reading = totals.Read();
  EXPECT_EQ(reading.admitted, 2u);
  EXPECT_EQ(reading.ended, 1u);
  EXPECT_EQ(reading.in_flight(), 1u);
  EXPECT_EQ(reading.successes, 1u);
  EXPECT_EQ(reading.failures, 2u);
  EXPECT_EQ(reading.ignored, 3u);
  EXPECT_EQ(reading.abandoned, 4u);
  EXPECT_EQ(reading.own_cancels, 10u);
  EXPECT_EQ(reading.other_cancels, 11u);
  EXPECT_EQ(reading.late, 5u);
  EXPECT_EQ(reading.fallbacks, 9u);
  EXPECT_EQ(reading.rejected, (std::array<uint64_t, 6>{6, 0, 7, 0, 0, 0}));
  EXPECT_EQ(reading.rejected_in_all(), 13u);
  EXPECT_EQ(reading.not_enforced, (std::array<uint64_t, 6>{0, 8, 0, 0, 0, 0}));
  EXPECT_EQ(reading.probes, (std::array<uint64_t, 3>{0, 12, 0}));
  TotalsReading::ByReason by_operators{};
  by_operators[static_cast<size_t>(TransitionReason::kOperator)] = 13;
  EXPECT_EQ(reading.transitions[0][1], by_operators);
  EXPECT_EQ(reading.transitions[1][0], TotalsReading::ByReason());
}

TEST(Totals, FinishedCountsAsAVerdictAndAsAnEnd) {
  Totals totals;
  for (int i = 0; i < 9; ++i) totals.Admitted();
  totals.Finished(Outcome::kSuccess);
  for (int i = 0; i < 2; ++i) totals.Finished(Outcome::kFailure);
  for (int i = 0; i < 3; ++i) totals.Finished(Outcome::kIgnored);
  totals.Settled(Outcome::kSuccess);
  totals.Ended();
  const TotalsReading reading = totals.Read();
  EXPECT_EQ(reading.successes, 2u);
  EXPECT_EQ(reading.failures, 2u);
  EXPECT_EQ(reading.ignored, 3u);
  EXPECT_EQ(reading.ended, 7u);
  EXPECT_EQ(reading.in_flight(), 2u);
}

TEST(Totals, InFlightIsNeverNegative) {
  TotalsReading reading;
  reading.admitted = 3;
  reading.ended = 5;
  EXPECT_EQ(reading.in_flight(), 0u);
}

TEST(Totals, AddUpOverMoreThreadsThanShards) {
  constexpr int kThreads = 20;
  constexpr int kCalls = 1000;
  Totals totals;
  OnThreads(kThreads, [&](int) {
    for (int i = 0; i < kCalls; ++i) {
      totals.Admitted();
      totals.Settled(Outcome::kFailure);
      totals.Ended();
    }
  });
  const TotalsReading reading = totals.Read();
  EXPECT_EQ(reading.admitted, static_cast<uint64_t>(kThreads) * kCalls);
  EXPECT_EQ(reading.failures, reading.admitted);
  EXPECT_EQ(reading.ended, reading.admitted);
}

TEST_F(BreakerTotals, ACallInFlightIsAdmittedAndNotEnded) {
  Permit permit = Admit();
  EXPECT_EQ(Totals().admitted, 1u);
  EXPECT_EQ(Totals().in_flight(), 1u);
  EXPECT_TRUE(permit.Settle({Outcome::kSuccess}));
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().in_flight(), 1u);
  permit.Release();
  EXPECT_EQ(Totals().in_flight(), 0u);
}

TEST_F(BreakerTotals, AtRestEveryCallHasOneEndAndOneVerdict) {
  Succeed(3);
  Ignore(2);
  Abandon(Admit());
  Permit late = Admit();
  Fail(5);
  Succeed(std::move(late));
  Reject();
  Advance(60s);
  Fail();
  const TotalsReading t = Totals();
  EXPECT_EQ(t.admitted, 13u);
  EXPECT_EQ(t.ended, t.admitted);
  EXPECT_EQ(t.successes + t.failures + t.ignored, t.admitted);
  EXPECT_EQ(t.rejected_in_all(), 1u);
}

TEST_F(BreakerTotals, CountTransitionsByReasonAndProbesByVerdict) {
  OpenAndWait();
  Ignore();
  Admit();  // abandoned
  Fail();
  Advance(60s);
  Succeed();
  breaker().Reset();
  breaker().SetOperatorMode(Mode::kDisabled);
  const TotalsReading totals = breaker().TakeSnapshot().totals;
  EXPECT_EQ(totals.probes, (std::array<uint64_t, 3>{1, 1, 2}));
  const auto count = [&](State from, State to, TransitionReason why) {
    return totals.transitions[static_cast<size_t>(from)][static_cast<size_t>(
        to)][static_cast<size_t>(why)];
  };
  EXPECT_EQ(count(State::kClosed, State::kOpen,
                  TransitionReason::kConsecutiveFailures),
            1u);
  EXPECT_EQ(
      count(State::kOpen, State::kHalfOpen, TransitionReason::kOpenElapsed),
      2u);
  EXPECT_EQ(
      count(State::kHalfOpen, State::kOpen, TransitionReason::kProbeFailed),
      1u);
  EXPECT_EQ(count(State::kHalfOpen, State::kClosed,
                  TransitionReason::kProbeSucceeded),
            1u);
  EXPECT_EQ(count(State::kClosed, State::kClosed, TransitionReason::kOperator),
            2u)
      << "a reset of a closed circuit, and a change of mode";
}

TEST_F(BreakerTotals, OpenTimeIsTheSumOfAllOpenings) {
  const auto open_time = [&] { return breaker().TakeSnapshot().open_time; };
  EXPECT_EQ(open_time(), 0s);
  Fail(5);
  Advance(10s);
  EXPECT_EQ(open_time(), 10s);
  Advance(60s);
  EXPECT_EQ(open_time(), 70s) << "no call has ended the opening";
  Fail();
  EXPECT_EQ(open_time(), 70s);
  Advance(5s);
  EXPECT_EQ(open_time(), 75s);
  breaker().Reset();
  Advance(5s);
  EXPECT_EQ(open_time(), 75s);
}

TEST_F(BreakerTotals, ASnapshotHasTheSettingsInForce) {
  settings_.consecutive_failures = 7;
  EXPECT_EQ(breaker().TakeSnapshot().settings.consecutive_failures, 7u);
  settings_.consecutive_failures = 8;
  EXPECT_TRUE(breaker().Update(settings_, breaker().clock().Now()));
  EXPECT_EQ(breaker().TakeSnapshot().settings.consecutive_failures, 8u);
}

}  // namespace
}  // namespace fusebox::internal
