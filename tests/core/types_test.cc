// types_test.cc: the names of the enumerators, which operators see.

#include "fusebox/core/types.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace fusebox {
namespace {

template <typename T>
std::string Print(T value) {
  std::ostringstream os;
  os << value;
  EXPECT_EQ(os.str(), Name(value));
  return os.str();
}

TEST(Names, OfStates) {
  EXPECT_EQ(Print(State::kClosed), "CLOSED");
  EXPECT_EQ(Print(State::kOpen), "OPEN");
  EXPECT_EQ(Print(State::kHalfOpen), "HALF_OPEN");
  EXPECT_EQ(Print(static_cast<State>(kStateCount)), "?");
}

TEST(Names, OfModes) {
  EXPECT_EQ(Print(Mode::kEnforce), "ENFORCE");
  EXPECT_EQ(Print(Mode::kDryRun), "DRY_RUN");
  EXPECT_EQ(Print(Mode::kDisabled), "DISABLED");
  EXPECT_EQ(Print(Mode::kForcedOpen), "FORCED_OPEN");
  EXPECT_EQ(Print(static_cast<Mode>(4)), "?");
}

TEST(Names, OfOutcomes) {
  EXPECT_EQ(Print(Outcome::kSuccess), "SUCCESS");
  EXPECT_EQ(Print(Outcome::kFailure), "FAILURE");
  EXPECT_EQ(Print(Outcome::kIgnored), "IGNORED");
  EXPECT_EQ(Print(static_cast<Outcome>(3)), "?");
}

TEST(Names, OfRejectionReasons) {
  EXPECT_EQ(Print(RejectionReason::kOpen), "OPEN");
  EXPECT_EQ(Print(RejectionReason::kProbesBusy), "PROBES_BUSY");
  EXPECT_EQ(Print(RejectionReason::kReconnecting), "RECONNECTING");
  EXPECT_EQ(Print(RejectionReason::kForcedOpen), "FORCED_OPEN");
  EXPECT_EQ(Print(RejectionReason::kConcurrency), "CONCURRENCY");
  EXPECT_EQ(Print(RejectionReason::kRamp), "RAMP");
  EXPECT_EQ(Print(static_cast<RejectionReason>(kRejectionReasonCount)), "?");
}

TEST(Names, OfTransitionReasons) {
  EXPECT_EQ(Print(TransitionReason::kConsecutiveFailures),
            "CONSECUTIVE_FAILURES");
  EXPECT_EQ(Print(TransitionReason::kFailureScore), "FAILURE_SCORE");
  EXPECT_EQ(Print(TransitionReason::kFailureRate), "FAILURE_RATE");
  EXPECT_EQ(Print(TransitionReason::kSlowCallRate), "SLOW_CALL_RATE");
  EXPECT_EQ(Print(TransitionReason::kOpenElapsed), "OPEN_ELAPSED");
  EXPECT_EQ(Print(TransitionReason::kReconnected), "RECONNECTED");
  EXPECT_EQ(Print(TransitionReason::kProbeSucceeded), "PROBE_SUCCEEDED");
  EXPECT_EQ(Print(TransitionReason::kProbeFailed), "PROBE_FAILED");
  EXPECT_EQ(Print(TransitionReason::kProbeSlow), "PROBE_SLOW");
  EXPECT_EQ(Print(TransitionReason::kProbeTimedOut), "PROBE_TIMED_OUT");
  EXPECT_EQ(Print(TransitionReason::kOperator), "OPERATOR");
  EXPECT_EQ(Print(static_cast<TransitionReason>(kTransitionReasonCount)), "?");
}

}  // namespace
}  // namespace fusebox
