// rejection_text_test.cc: tests the texts for rejections, word for word.

#include "fusebox/policy/rejection_text.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "fusebox/base/duration_text.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

constexpr Cause kFiveFailures = {TransitionReason::kConsecutiveFailures, 5,
                                 500ms};

TEST(DescribeCause, SaysHowManyFailuresAndHowFast) {
  EXPECT_EQ(DescribeCause(kFiveFailures),
            "5 consecutive failures, the last after 0.5s");
  EXPECT_EQ(DescribeCause({TransitionReason::kConsecutiveFailures, 1, 2s}),
            "1 failure, the last after 2s");
}

TEST(DescribeCause, SaysTheRateAndOfHowManyCalls) {
  EXPECT_EQ(DescribeCause({TransitionReason::kFailureRate, 30, 20ms, 48}),
            "failure rate 0.62 of 48 calls, the last after 0.02s");
  EXPECT_EQ(DescribeCause({TransitionReason::kSlowCallRate, 0, 3s, 40, 30}),
            "slow-call rate 0.75 of 40 calls, the last after 3s");
  EXPECT_EQ(DescribeCause({TransitionReason::kFailureRate, 1, 1s, 1}),
            "failure rate 1.00 of 1 call, the last after 1s");
}

TEST(DescribeCause, SaysTheFailureScore) {
  EXPECT_EQ(DescribeCause({TransitionReason::kFailureScore, 20, 2s}),
            "failure score 20, the last after 2s");
  EXPECT_EQ(DescribeCause({TransitionReason::kFailureScore, 20, 2s}, "UNKNOWN"),
            "failure score 20, last UNKNOWN");
}

TEST(DescribeCause, DescribesEveryOtherReason) {
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeFailed, 1, 20ms}),
            "a probe failed after 0.02s");
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeSlow, 0, 3s, 0, 1}),
            "a probe was slow: it took 3s");
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeTimedOut}),
            "a probe timed out");
  EXPECT_EQ(DescribeCause({TransitionReason::kOpenElapsed}),
            "its opening is over");
  EXPECT_EQ(DescribeCause({TransitionReason::kReconnected}),
            "the connection is back");
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeSucceeded}),
            "the probes succeeded");
  EXPECT_EQ(DescribeCause({TransitionReason::kOperator}), "set by an operator");
  EXPECT_EQ(DescribeCause({static_cast<TransitionReason>(99)}), "?");
}

TEST(DescribeCause, SaysWhatTheLastCallEndedWith) {
  EXPECT_EQ(DescribeCause(kFiveFailures, "UNAVAILABLE: refused"),
            "5 consecutive failures, last UNAVAILABLE: refused");
  EXPECT_EQ(
      DescribeCause({TransitionReason::kProbeFailed, 1, 20ms}, "INTERNAL"),
      "a probe failed: INTERNAL");
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeTimedOut}, "INTERNAL"),
            "a probe timed out");
}

TEST(DescribeCause, RoundsUpToMilliseconds) {
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeFailed, 1, 1ns}),
            "a probe failed after 0.001s");
  EXPECT_EQ(DescribeCause({TransitionReason::kProbeFailed, 1, 0ns}),
            "a probe failed after 0s");
}

TEST(DescribeCause, WritesTimesAsFormatDurationDoes) {
  for (const int64_t milliseconds :
       {0LL, 1LL, 9LL, 10LL, 99LL, 100LL, 101LL, 110LL, 999LL, 1000LL, 1001LL,
        1010LL, 1100LL, 59999LL, 3600000LL, 9223372036854LL, -1LL, -1500LL}) {
    const std::chrono::milliseconds time(milliseconds);
    EXPECT_EQ(DescribeCause({TransitionReason::kProbeFailed, 1, time}),
              "a probe failed after " + FormatDuration(time));
  }
}

TEST(DescribeRejection, HasTwoPartsOfWhichOnlyTheTailDependsOnTheTime) {
  for (int reason = 0; reason < kRejectionReasonCount; ++reason) {
    Rejection early = {static_cast<RejectionReason>(reason), State::kOpen,
                       4200ms, kFiveFailures};
    Rejection late = early;
    late.retry_after = 7ms;
    EXPECT_EQ(RejectionHead("/s/M", early), RejectionHead("/s/M", late));
    EXPECT_EQ(DescribeRejection("/s/M", early),
              RejectionHead("/s/M", early) + RejectionTail(early));
    const bool has_time = early.reason == RejectionReason::kOpen ||
                          early.reason == RejectionReason::kReconnecting;
    EXPECT_EQ(RejectionTail(early), has_time ? "4.2s" : "");
    EXPECT_EQ(RejectionTail(late), has_time ? "0.007s" : "");
  }
}

TEST(DescribeRejection, SaysWhyTheCallWasRejectedAndWhenToRetry) {
  constexpr Cause kTimeout = {TransitionReason::kProbeTimedOut};
  const struct {
    Rejection rejection;
    const char* text;
  } cases[] = {
      {{RejectionReason::kOpen, State::kOpen, 4200ms, kFiveFailures},
       "OPEN: 5 consecutive failures, the last after 0.5s; retry after 4.2s"},
      // The wait is rounded up.
      {{RejectionReason::kOpen, State::kOpen, 4200ms + 1ns, kTimeout},
       "OPEN: a probe timed out; retry after 4.201s"},
      {{RejectionReason::kOpen, State::kOpen, 24h * 365, kTimeout},
       "OPEN: a probe timed out; retry after 31536000s"},
      {{RejectionReason::kProbesBusy, State::kHalfOpen, 0s, kFiveFailures},
       "HALF_OPEN: all probes are in flight (opened by: 5 consecutive "
       "failures, the last after 0.5s); retry soon"},
      {{RejectionReason::kReconnecting, State::kOpen, 700ms, kFiveFailures},
       "OPEN: the opening is over, but the connection is not back yet (opened "
       "by: 5 consecutive failures, the last after 0.5s); retry after 0.7s"},
      {{RejectionReason::kConcurrency, State::kClosed, 0s, {}},
       "CLOSED: the maximum number of calls is in flight; retry soon"},
      {{RejectionReason::kRamp, State::kClosed, 0s, kTimeout},
       "CLOSED: traffic returns gradually (opened by: a probe timed out); "
       "retry soon"},
      {{RejectionReason::kForcedOpen,
        State::kOpen,
        std::nullopt,
        {TransitionReason::kOperator}},
       "FORCED_OPEN: held open by an operator or the config"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(
        DescribeRejection("/shop.v1.Cart/Checkout", c.rejection),
        std::string("circuit breaker for /shop.v1.Cart/Checkout is ") + c.text);
  }
}

}  // namespace
}  // namespace fusebox
