// totals_test.cc: counters that only grow, and add up.

#include "fusebox/core/totals.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>

#include "tests/core/script.h"
#include "tests/core/threads.h"

namespace fusebox {
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
}

TEST(Totals, AVerdictThatComesWithTheEndCountsAsBoth) {
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

TEST(Totals, AReadingTakenMidwayNeverHasFewerThanNoneInFlight) {
  TotalsReading reading;
  reading.admitted = 3;
  reading.ended = 5;
  EXPECT_EQ(reading.in_flight(), 0u);
}

TEST(Totals, OfMoreThreadsThanShardsAddUp) {
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

TEST_F(BreakerTotals, AnAbandonedCallIsIgnoredToo) {
  Abandon(Admit());
  Ignore();
  EXPECT_EQ(Totals().ignored, 2u);
  EXPECT_EQ(Totals().abandoned, 1u);
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

}  // namespace
}  // namespace fusebox
