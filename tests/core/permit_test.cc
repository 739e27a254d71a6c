// permit_test.cc: a permit gives one verdict and holds a slot until it ends.

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using PermitTest = Script;

static_assert(!std::is_copy_constructible_v<Permit>);
static_assert(!std::is_copy_assignable_v<Permit>);
static_assert(std::is_nothrow_move_constructible_v<Permit>);
static_assert(std::is_nothrow_move_assignable_v<Permit>);

#ifndef NDEBUG
TEST(PermitDeathTest, MustNotOutliveItsBreaker) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto outlive = [] {
    auto breaker = Breaker::Create("short", Settings());
    const Admission admission = breaker->Acquire();
    breaker.reset();
  };
  EXPECT_DEATH(outlive(), "a permit outlives its breaker");
}
#endif

TEST_F(PermitTest, AnEmptyPermitHoldsNothing) {
  Permit permit;
  EXPECT_FALSE(permit);
  EXPECT_FALSE(permit.is_probe());
  EXPECT_FALSE(permit.Settle({Outcome::kFailure}));
  EXPECT_FALSE(permit.Settle({Outcome::kFailure}, Now()));
  permit.Release();
  EXPECT_FALSE(permit);
}

TEST_F(PermitTest, GivesOnlyOneVerdict) {
  Permit permit = Admit();
  EXPECT_TRUE(permit.Settle({Outcome::kSuccess}));
  EXPECT_FALSE(permit.Settle({Outcome::kFailure}));
  EXPECT_FALSE(permit.Settle({Outcome::kFailure}, Now()));
  EXPECT_TRUE(permit) << "it still has its slot";
  EXPECT_EQ(Totals().successes, 1u);
  EXPECT_EQ(Totals().failures, 0u);
}

TEST_F(PermitTest, IsEmptyAndGivesNoVerdictAfterRelease) {
  Permit permit = Admit();
  permit.Release();
  EXPECT_FALSE(permit);
  EXPECT_FALSE(permit.Settle({Outcome::kFailure}));
  permit.Release();
  EXPECT_EQ(Totals().ended, 1u);
  EXPECT_EQ(Totals().abandoned, 1u);
}

TEST_F(PermitTest, DestructionWithoutAVerdictAbandonsTheCall) {
  { const Permit permit = Admit(); }
  EXPECT_EQ(Totals().ended, 1u);
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().abandoned, 1u);
}

TEST_F(PermitTest, DestructionAfterAVerdictDoesNotAbandonTheCall) {
  Succeed();
  EXPECT_EQ(Totals().ended, 1u);
  EXPECT_EQ(Totals().ignored, 0u);
  EXPECT_EQ(Totals().abandoned, 0u);
}

TEST_F(PermitTest, AMoveTransfersTheSlotAndTheVerdict) {
  Permit first = Admit();
  Permit second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_FALSE(first.Settle({Outcome::kFailure}));
  first.Release();
  EXPECT_EQ(Totals().ended, 0u);
  EXPECT_TRUE(second.Settle({Outcome::kSuccess}));
  second.Release();
  EXPECT_EQ(Totals().ended, 1u);
}

TEST_F(PermitTest, AMovedPermitGivesNoSecondVerdict) {
  Permit first = Admit();
  EXPECT_TRUE(first.Settle({Outcome::kSuccess}));
  Permit second = std::move(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(second.Settle({Outcome::kFailure}));
  second.Release();
  EXPECT_EQ(Totals().abandoned, 0u);
}

TEST_F(PermitTest, AssignmentAbandonsTheCallItHeld) {
  Permit permit = Admit();
  permit = Admit();
  EXPECT_EQ(Totals().admitted, 2u);
  EXPECT_EQ(Totals().ended, 1u);
  EXPECT_EQ(Totals().abandoned, 1u);
  EXPECT_TRUE(permit.Settle({Outcome::kSuccess}));
}

TEST_F(PermitTest, SelfAssignmentChangesNothing) {
  Permit permit = Admit();
  Permit& same = permit;
  permit = std::move(same);
  EXPECT_TRUE(permit);
  EXPECT_EQ(Totals().ended, 0u);
  EXPECT_TRUE(permit.Settle({Outcome::kSuccess}));
}

TEST_F(PermitTest, AMovedProbeIsStillTheProbe) {
  OpenAndWait();
  Permit first = Admit();
  Permit second;
  second = std::move(first);
  EXPECT_TRUE(second.is_probe());
  EXPECT_EQ(Look().probes_in_flight, 1u);
  Succeed(std::move(second));
  ExpectState(State::kClosed);
}

TEST_F(PermitTest, SettlesAtTheTimeThatWasPassedOrThatOfTheBreakersClock) {
  settings_.consecutive_failures = 1;
  Permit permit = Admit();
  const TimePoint later = Now() + 7s;
  EXPECT_TRUE(permit.Settle({Outcome::kFailure}, later));
  EXPECT_EQ(Look().open_until, later + 60s);
  breaker().Reset();
  permit = Admit();
  Advance(9s);
  EXPECT_TRUE(permit.Settle({Outcome::kFailure}));
  EXPECT_EQ(Look().open_until, Now() + 60s);
}

TEST_F(PermitTest, ADefaultVerdictIsIgnored) {
  Permit permit = Admit();
  EXPECT_TRUE(permit.Settle(Verdict()));
  EXPECT_EQ(Totals().ignored, 1u);
  EXPECT_EQ(Totals().abandoned, 0u);
}

}  // namespace
}  // namespace fusebox
