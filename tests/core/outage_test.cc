// outage_test.cc: an outage lasts from the first opening until the circuit is
// CLOSED again.

#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "fusebox/core/breaker.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

class OutageTest : public Script {
 protected:
  Outage Present() { return Look().outage.value_or(Outage()); }

  void FailTheProbe() {
    Advance(60s);
    Fail();
  }
};

TEST_F(OutageTest, AClosedCircuitHasNone) {
  Fail(4);
  EXPECT_EQ(Look().outage, std::nullopt);
}

TEST_F(OutageTest, FailedProbesContinueIt) {
  Advance(7s);
  const TimePoint since = Now();
  Fail(5);
  for (int i = 0; i < 3; ++i) FailTheProbe();
  EXPECT_EQ(Present().since, since);
  EXPECT_EQ(Present().cause.reason, TransitionReason::kConsecutiveFailures);
  EXPECT_EQ(Present().cause.failures, 5u);
  EXPECT_EQ(Present().openings, 4u);
  EXPECT_EQ(Look().opened_by.reason, TransitionReason::kProbeFailed);
}

TEST_F(OutageTest, AHalfOpenCircuitIsStillInIt) {
  OpenAndWait();
  const Permit probe = Admit();
  ExpectState(State::kHalfOpen);
  EXPECT_EQ(Present().openings, 1u);
}

TEST_F(OutageTest, CountsItsCallsOnly) {
  settings_.max_concurrent_calls = 1;
  {
    const Permit call = Admit();
    Reject();  // by the bulkhead
  }
  breaker().ReportFallback();
  Fail(5);
  for (int i = 0; i < 3; ++i) Reject();
  breaker().ReportFallback();
  EXPECT_EQ(Present().rejected, 3u);
  EXPECT_EQ(Present().fallbacks, 1u);
  FailTheProbe();
  Reject();
  EXPECT_EQ(Present().rejected, 4u);
}

TEST_F(OutageTest, CountsWhatDryRunLetsPass) {
  settings_.mode = Mode::kDryRun;
  Fail(5);
  for (int i = 0; i < 2; ++i) Succeed(std::move(WouldReject().permit));
  EXPECT_EQ(Present().not_enforced, 2u);
  EXPECT_EQ(Present().rejected, 0u);
}

TEST_F(OutageTest, EndsWhenTheCircuitCloses) {
  Fail(5);
  Reject();
  FailTheProbe();
  Advance(60s);
  Succeed();
  EXPECT_EQ(Look().outage, std::nullopt);
  ASSERT_EQ(told_.back().to, State::kClosed);
  ASSERT_TRUE(told_.back().outage);
  EXPECT_EQ(told_.back().at - told_.back().outage->since, 120s);
  EXPECT_EQ(told_.back().outage->openings, 2u);
  EXPECT_EQ(told_.back().outage->rejected, 1u);
}

TEST_F(OutageTest, EndsWithAReset) {
  Fail(5);
  breaker().Reset();
  EXPECT_EQ(Look().outage, std::nullopt);
  EXPECT_TRUE(told_.back().outage);
  breaker().Reset();
  EXPECT_EQ(told_.back().outage, std::nullopt) << "it was CLOSED before";
}

TEST_F(OutageTest, TheNextOneBeginsAnew) {
  OpenAndWait();
  Succeed();
  Advance(10s);
  const TimePoint since = Now();
  Fail(5);
  Reject();
  EXPECT_EQ(Present().since, since);
  EXPECT_EQ(Present().openings, 1u);
  EXPECT_EQ(Present().rejected, 1u);
}

TEST_F(OutageTest, EveryTransitionOfItHasIt) {
  OpenAndWait();
  Succeed();
  ASSERT_EQ(told_.size(), 3u);
  for (const Transition& transition : told_) EXPECT_TRUE(transition.outage);
}

TEST_F(OutageTest, HasNoCallsWithoutTotals) {
  keep_totals_ = false;
  Fail(5);
  Reject();
  EXPECT_EQ(Present().openings, 1u);
  EXPECT_EQ(Present().rejected, 0u);
}

}  // namespace
}  // namespace fusebox
