// call_summary_test.cc: says on one line what became of many calls.

#include "fusebox/log/internal/call_summary.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "fusebox/registry/breaker_name.h"
#include "fusebox/registry/event.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

Event Rejections(const std::string& method, uint64_t count, TimePoint at) {
  Event event;
  event.type = EventType::kRejection;
  event.breaker =
      std::make_shared<const BreakerName>(BreakerName{"t", method, ""});
  event.count = count;
  event.at = at;
  return event;
}

constexpr TimePoint kStart{1h};

TEST(CallSummary, IsEmptyAtFirst) {
  const CallSummary summary;
  EXPECT_TRUE(summary.empty());
  EXPECT_EQ(summary.Age(kStart), 0s);
}

TEST(CallSummary, AddsUpCallsOfOneBreakerAndReason) {
  CallSummary summary;
  summary.Add(Rejections("/s/a", 3, kStart));
  summary.Add(Rejections("/s/a", 4, kStart + 700ms));
  EXPECT_EQ(summary.Age(kStart + 2s), 2s);
  EXPECT_EQ(summary.Text(), "in 0.7s: 7 calls rejected: 7 of /s/a on t (OPEN)");
}

TEST(CallSummary, NamesTheThreeBusiestAndCountsTheRest) {
  CallSummary summary;
  for (int i = 1; i <= 5; ++i) {
    summary.Add(Rejections("/s/" + std::to_string(i),
                           static_cast<uint64_t>(i) * 10, kStart));
  }
  EXPECT_EQ(summary.Text(),
            "150 calls rejected: 50 of /s/5 on t (OPEN), 40 of /s/4 on "
            "t (OPEN), 30 of /s/3 on t (OPEN) and 30 of 2 more");
}

TEST(CallSummary, SaysOneCallInTheSingular) {
  CallSummary summary;
  summary.Add(Rejections("/s/a", 1, kStart));
  EXPECT_EQ(summary.Text(), "1 call rejected: 1 of /s/a on t (OPEN)");
}

TEST(CallSummary, KnowsHowLongNothingWasAdded) {
  CallSummary summary;
  EXPECT_EQ(summary.Quiet(kStart), 0s);
  summary.Add(Rejections("/s/a", 1, kStart));
  summary.Add(Rejections("/s/a", 1, kStart + 2s));
  EXPECT_EQ(summary.Quiet(kStart + 5s), 3s);
}

TEST(CallSummary, KeepsApartWhatDiffers) {
  CallSummary summary;
  Event event = Rejections("/s/a", 2, kStart);
  event.enforced = false;
  event.reason = RejectionReason::kConcurrency;
  summary.Add(event);
  event.type = EventType::kFallback;
  summary.Add(event);
  event.type = EventType::kBrokenStream;
  summary.Add(event);
  EXPECT_EQ(summary.Text(),
            "2 calls passed that would have been rejected: 2 of /s/a on "
            "t (CONCURRENCY); 2 rejected calls answered by a fallback: 2 of "
            "/s/a on t; 2 streams broken: 2 of /s/a on t");
}

TEST(CallSummary, LeavesProbesToTheTransitions) {
  CallSummary summary;
  Event event = Rejections("/s/a", 1, kStart);
  event.type = EventType::kProbe;
  summary.Add(event);
  EXPECT_TRUE(summary.empty());
}

}  // namespace
}  // namespace fusebox::internal
