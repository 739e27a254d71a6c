// call_meter_test.cc: counts calls by status code and duration.

#include "fusebox/registry/internal/call_meter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/policy/config.h"
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

std::vector<Duration> DefaultBounds() {
  return Registry::Options().duration_bounds;
}

template <typename Numbers>
uint64_t Sum(const Numbers& numbers) {
  uint64_t sum = 0;
  for (const uint64_t number : numbers) sum += number;
  return sum;
}

TEST(CallMeter, CountsByOutcomeAndCode) {
  CallMeter meter(DefaultBounds());
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
  for (const std::vector<Duration>& bounds :
       {DefaultBounds(), {3ms}, {1ns, 2ns, 100h}}) {
    for (size_t bucket = 0; bucket < bounds.size(); ++bucket) {
      CallMeter meter(bounds);
      meter.Add(Outcome::kFailure, absl::StatusCode::kOk, bounds[bucket]);
      meter.Add(Outcome::kFailure, absl::StatusCode::kOk, bounds[bucket] + 1ns);
      const auto buckets = meter.Read().durations[kFailure].buckets;
      ASSERT_EQ(buckets.size(), bounds.size() + 1);
      EXPECT_EQ(buckets[bucket], 1u) << bucket;
      EXPECT_EQ(buckets[bucket + 1], 1u) << bucket;
      EXPECT_EQ(Sum(buckets), 2u);
    }
  }
}

// A bound more would otherwise move the counters of the next outcome or shard.
TEST(CallMeter, KeepsEveryCounterApartWithAnyNumberOfBounds) {
  std::vector<Duration> bounds;
  for (int i = 0; i < 20; ++i) {
    bounds.emplace_back(Duration(1s) * (i + 1));
    CallMeter meter(bounds);
    for (size_t o = 0; o < CallReading::kOutcomes; ++o) {
      OnThreads(4, [&](int) {
        meter.Add(static_cast<Outcome>(o), absl::StatusCode::kUnauthenticated,
                  24h);
      });
    }
    const CallReading reading = meter.Read();
    for (size_t o = 0; o < CallReading::kOutcomes; ++o) {
      EXPECT_EQ(reading.calls[o][CallReading::kCodes - 1], 4u);
      EXPECT_EQ(Sum(reading.calls[o]), 4u);
      EXPECT_EQ(reading.durations[o].buckets.back(), 4u);
      EXPECT_EQ(Sum(reading.durations[o].buckets), 4u);
      EXPECT_EQ(reading.durations[o].sum, Duration(96h));
    }
  }
}

TEST(CallMeter, LosesNothingOnManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 20000;
  CallMeter meter(DefaultBounds());
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

TEST(DurationBounds, AreAtMostTwelveByDefault) {
  EXPECT_LE(DefaultBounds().size(), 12u);
  EXPECT_TRUE(Registry::Options().Validate().empty());
}

TEST(DurationBounds, AreThoseOfTheRegistrysMeters) {
  Registry::Options options;
  options.duration_bounds = {2ms, 1s};
  const auto registry = *Registry::Create(Config(), options);
  EXPECT_EQ(registry->duration_bounds(), options.duration_bounds);
  Targets targets(registry);
  targets.Find("t", "/s/before");
  registry->MeterCalls();
  for (const char* name : {"/s/before", "/s/later"}) {
    const CallEnd end = {Outcome::kSuccess, absl::StatusCode::kOk, {}, 3ms};
    targets.Find("t", name)->binding()->observed.Ended(end);
  }
  for (const MethodSnapshot& it : registry->TakeSnapshot()) {
    EXPECT_EQ(it.calls->durations[kSuccess].buckets,
              (std::vector<uint64_t>{0, 1, 0}))
        << it.name.method;
  }
}

TEST(DurationBounds, ThatAreBadAreRefusedWithTheirValue) {
  using Bounds = std::vector<Duration>;
  const std::string range =
      "must be greater than 0s and at most 2592000s (30 days), is ";
  const std::pair<Bounds, std::string> cases[] = {
      {{}, "duration_bounds: must have at least one entry"},
      {{0s}, "duration_bounds[0]: " + range + "0s"},
      {{-1ms, 1s}, "duration_bounds[0]: " + range + "-0.001s"},
      {{1s, Duration::max()},
       "duration_bounds[1]: " + range + "9223372036.854775807s"},
      {{1s, 5s, 2500ms},
       "duration_bounds[2]: must be greater than duration_bounds[1], which is "
       "5s, is 2.5s"},
      {{1s, 1s},
       "duration_bounds[1]: must be greater than duration_bounds[0], which is "
       "1s, is 1s"},
      {{0s, 2s, 1s},
       "duration_bounds[0]: " + range +
           "0s; duration_bounds[2]: must be greater than duration_bounds[1], "
           "which is 2s, is 1s"},
  };
  for (const auto& [bounds, error] : cases) {
    Registry::Options options;
    options.duration_bounds = bounds;
    EXPECT_EQ(Registry::Create(Config(), options).status(),
              absl::InvalidArgumentError(error));
  }
}

}  // namespace
}  // namespace fusebox::internal
