// machine_test.cc: the state machine alone, which maps (event, now) to
// decisions.

#include "fusebox/core/internal/machine.h"

#include <gtest/gtest.h>

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

class MachineTest : public testing::Test {
 protected:
  Decision Acquire(TimePoint now, CallShape shape = CallShape::kUnary) {
    return machine_.Acquire(settings_, {shape}, now);
  }
  void Trip(TimePoint now, Duration pushback = 0s) {
    machine_.Trip(settings_, {TransitionReason::kConsecutiveFailures, 5},
                  {Outcome::kFailure, 2s, pushback}, now);
  }
  void Settle(uint64_t probe, Outcome outcome, TimePoint now) {
    machine_.SettleProbe(settings_, probe, {outcome, 3s}, now);
  }

  Settings settings_;
  Machine machine_;
};

TEST_F(MachineTest, ATripInOpenOrHalfOpenChangesNothing) {
  Trip(kStart);
  Trip(kStart + 30s, 5min);
  EXPECT_EQ(machine_.open_until(), kStart + 60s);
  EXPECT_EQ(machine_.generation(), 2u);
  Acquire(kStart + 60s);
  Trip(kStart + 61s);
  EXPECT_EQ(machine_.state(), State::kHalfOpen);
  EXPECT_EQ(machine_.generation(), 3u);
}

TEST_F(MachineTest, ProbeNumbersContinueThroughAllGenerations) {
  settings_.half_open.max_probes = 2;
  Trip(kStart);
  EXPECT_EQ(Acquire(kStart + 60s).probe, 1u);
  EXPECT_EQ(Acquire(kStart + 60s).probe, 2u);
  Settle(1, Outcome::kFailure, kStart + 60s);
  EXPECT_EQ(Acquire(kStart + 120s).probe, 3u);
}

TEST_F(MachineTest, AProbeOfAnEarlierHalfOpenChangesNothing) {
  settings_.half_open.max_probes = 2;
  Trip(kStart);
  Acquire(kStart + 60s);
  Acquire(kStart + 60s);
  Settle(1, Outcome::kFailure, kStart + 60s);
  Acquire(kStart + 120s);
  Settle(2, Outcome::kSuccess, kStart + 121s);
  Settle(2, Outcome::kFailure, kStart + 121s);
  machine_.EndProbe(2);
  EXPECT_EQ(machine_.state(), State::kHalfOpen);
  EXPECT_EQ(machine_.probe_successes(), 0u);
  EXPECT_EQ(machine_.probes_in_flight(), 1u);
}

TEST_F(MachineTest, AProbesVerdictInOpenOrClosedChangesNothing) {
  Settle(1, Outcome::kFailure, kStart);
  EXPECT_EQ(machine_.state(), State::kClosed);
  Trip(kStart);
  Settle(1, Outcome::kSuccess, kStart);
  EXPECT_EQ(machine_.state(), State::kOpen);
  EXPECT_EQ(machine_.generation(), 2u);
}

TEST_F(MachineTest, TheEndOfAnUnknownProbeChangesNothing) {
  machine_.EndProbe(7);
  Trip(kStart);
  Acquire(kStart + 60s);
  machine_.EndProbe(7);
  EXPECT_EQ(machine_.probes_in_flight(), 1u);
  machine_.EndProbe(1);
  EXPECT_EQ(machine_.probes_in_flight(), 0u);
}

TEST_F(MachineTest, SettingsMayChangeBetweenEvents) {
  Trip(kStart);
  Acquire(kStart + 60s);
  EXPECT_FALSE(Acquire(kStart + 60s).admitted);
  settings_.half_open.max_probes = 2;
  EXPECT_TRUE(Acquire(kStart + 60s).admitted);
  settings_.half_open.max_probes = 1;
  machine_.EndProbe(1);
  EXPECT_FALSE(Acquire(kStart + 60s).admitted);
}

TEST_F(MachineTest, TimeNeverRunsBackwards) {
  EXPECT_EQ(machine_.Latest(kStart), kStart);
  Trip(kStart);
  EXPECT_EQ(machine_.Latest(kStart - 1s), kStart);
  EXPECT_EQ(machine_.Latest(kStart + 1s), kStart + 1s);
  machine_.Reset(kStart - 1h);
  EXPECT_EQ(machine_.since(), kStart);
}

TEST_F(MachineTest, ACopyAnswersWhatIfWithoutChangingTheOriginal) {
  Trip(kStart);
  Machine what_if = machine_;
  EXPECT_TRUE(what_if.Acquire(settings_, {}, kStart + 60s).admitted);
  EXPECT_EQ(what_if.state(), State::kHalfOpen);
  EXPECT_EQ(machine_.state(), State::kOpen);
}

}  // namespace
}  // namespace fusebox::internal
