// call_meter_test.cc: counts calls by status code and duration.

#include "fusebox/registry/internal/call_meter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "fusebox/registry/call_reading.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "tests/base/threads.h"
#include "tests/registry/targets.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

constexpr auto kSuccess = static_cast<size_t>(Outcome::kSuccess);
constexpr auto kFailure = static_cast<size_t>(Outcome::kFailure);
constexpr auto kOk = static_cast<size_t>(absl::StatusCode::kOk);
constexpr auto kUnavailable =
    static_cast<size_t>(absl::StatusCode::kUnavailable);

template <typename Numbers>
uint64_t Sum(const Numbers& numbers) {
  uint64_t sum = 0;
  for (const uint64_t number : numbers) sum += number;
  return sum;
}

TEST(CallMeter, CountsByOutcomeAndCode) {
  CallMeter meter;
  for (int i = 0; i < 3; ++i)
    meter.Add(Outcome::kSuccess, absl::StatusCode::kOk, 1ms);
  meter.Add(Outcome::kFailure, absl::StatusCode::kUnavailable, 7s);
  meter.Add(Outcome::kIgnored, absl::StatusCode::kUnauthenticated, 0s);
  const CallReading reading = meter.Read();
  EXPECT_EQ(reading.calls[kSuccess][kOk], 3u);
  EXPECT_EQ(reading.calls[kFailure][kUnavailable], 1u);
  EXPECT_EQ(Sum(reading.calls[kSuccess]), 3u);
  EXPECT_EQ(Sum(reading.calls[kFailure]), 1u);
  EXPECT_EQ(reading.calls[2][CallReading::kCodes - 1], 1u);
  EXPECT_EQ(reading.durations[kSuccess].sum, Duration(3ms));
  EXPECT_EQ(reading.durations[kFailure].sum, Duration(7s));
}

TEST(CallMeter, ABoundIsPartOfItsBucket) {
  for (size_t bucket = 0; bucket < CallReading::kBounds.size(); ++bucket) {
    CallMeter meter;
    meter.Add(Outcome::kSuccess, absl::StatusCode::kOk,
              CallReading::kBounds[bucket]);
    meter.Add(Outcome::kSuccess, absl::StatusCode::kOk,
              CallReading::kBounds[bucket] + 1ns);
    const auto buckets = meter.Read().durations[kSuccess].buckets;
    EXPECT_EQ(buckets[bucket], 1u) << bucket;
    EXPECT_EQ(buckets[bucket + 1], 1u) << bucket;
    EXPECT_EQ(Sum(buckets), 2u);
  }
}

TEST(CallMeter, LosesNothingOnManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 20000;
  CallMeter meter;
  OnThreads(kThreads, [&](int) {
    for (int i = 0; i < kCalls; ++i) {
      meter.Add(Outcome::kSuccess, absl::StatusCode::kOk, 2ns);
    }
  });
  const CallReading reading = meter.Read();
  EXPECT_EQ(reading.calls[kSuccess][kOk], uint64_t{kThreads} * kCalls);
  EXPECT_EQ(reading.durations[kSuccess].buckets[0],
            uint64_t{kThreads} * kCalls);
  EXPECT_EQ(reading.durations[kSuccess].sum, Duration(2ns * kThreads * kCalls));
}

TEST(CallMeter, StartsWithMeterCalls) {
  auto registry = Registry::Create();
  Targets targets(registry);
  const CallEnd end = {Outcome::kSuccess, absl::StatusCode::kOk, {}, 1ms};
  targets.Find("t", "/s/before")->binding()->observed.Ended(end);
  EXPECT_FALSE(registry->TakeSnapshot()[0].calls.has_value());
  registry->MeterCalls();
  registry->MeterCalls();
  targets.Find("t", "/s/before")->binding()->observed.Ended(end);
  targets.Find("t", "/s/later")->binding()->observed.Ended(end);
  const auto snapshots = registry->TakeSnapshot();
  ASSERT_EQ(snapshots.size(), 2u);
  for (const MethodSnapshot& snapshot : snapshots) {
    ASSERT_TRUE(snapshot.calls.has_value()) << snapshot.name.method;
    EXPECT_EQ(snapshot.calls->calls[kSuccess][kOk], 1u) << snapshot.name.method;
  }
}

}  // namespace
}  // namespace fusebox::internal
