// open_backoff_test.cc: the lengths of consecutive openings.

#include "fusebox/core/internal/open_backoff.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

#include "fusebox/base/duration_text.h"
#include "tests/core/script.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

// Returns a number that the test sets, and counts the calls.
class Scripted final : public RandomSource {
 public:
  explicit Scripted(double next) : next_(next) {}
  double Next() noexcept override {
    ++asked;
    return next_;
  }
  int asked = 0;

 private:
  const double next_;
};

constexpr double kAlmostOne = 1 - 0x1p-53;

TEST(OpenLength, GrowsByTheMultiplierUpToTheMaximum) {
  const struct {
    Duration open_duration;
    OpenBackoff backoff;
    uint32_t opening;
    Duration length;
  } cases[] = {
      {1s, {2, 60s, 0}, 1, 1s},
      {1s, {2, 60s, 0}, 2, 2s},
      {1s, {2, 60s, 0}, 6, 32s},
      {1s, {2, 60s, 0}, 7, 60s},
      {1s, {2, 60s, 0}, UINT32_MAX, 60s},
      {1s, {1, 60s, 0}, 1000, 1s},
      {1s, {1.5, 60s, 0}, 3, 2250ms},
      {3ns, {1.5, 60s, 0}, 2, 5ns},    // 4.5 is rounded away from zero
      {10ns, {1.1, 60s, 0}, 3, 12ns},  // 12.1
      {60s, {10, 60s, 0}, 2, 60s},
      {1s, {1e300, Duration::max(), 0}, 3, Duration::max()},
      {1s, {1e308, Duration::max(), 0}, 2, Duration::max()},
  };
  for (const auto& c : cases) {
    Settings settings;
    settings.open_duration = c.open_duration;
    settings.open_backoff = c.backoff;
    Scripted random(0.9);
    EXPECT_EQ(OpenLength(settings, c.opening, random), c.length)
        << c.opening << " of " << FormatDuration(c.open_duration);
    EXPECT_EQ(random.asked, 0);
  }
}

TEST(OpenLength, JitterLengthensOrShortensByAShareOfTheOpening) {
  const struct {
    double random;
    uint32_t opening;
    Duration length;
  } cases[] = {
      {0, 1, 800ms},        {0.25, 1, 900ms},        {0.5, 1, 1s},
      {0.75, 1, 1100ms},    {kAlmostOne, 1, 1200ms}, {0, 7, 48s},
      {kAlmostOne, 7, 72s},  // exceeds max_duration
  };
  Settings settings;
  settings.open_duration = 1s;
  settings.open_backoff = OpenBackoff{2, 60s, 0.2};
  for (const auto& c : cases) {
    Scripted random(c.random);
    EXPECT_EQ(OpenLength(settings, c.opening, random), c.length) << c.random;
    EXPECT_EQ(random.asked, 1);
  }
}

TEST(OpenLength, IsExactlyOpenDurationWithoutBackoff) {
  Settings settings;
  settings.open_duration = Duration::max();
  Scripted random(0);
  EXPECT_EQ(OpenLength(settings, 1, random), Duration::max());
  settings.open_duration = Duration::max() - 1ns;
  EXPECT_EQ(OpenLength(settings, 9, random), Duration::max() - 1ns);
  EXPECT_EQ(random.asked, 0);
}

TEST(OpenLength, DoesNotOverflowForTheLongestOpeningWithFullJitter) {
  Settings settings;
  settings.open_duration = Duration::max();
  settings.open_backoff = OpenBackoff{2, Duration::max(), 1};
  Scripted most(kAlmostOne);
  EXPECT_EQ(OpenLength(settings, 2, most), Duration::max());
  Scripted least(0);
  EXPECT_EQ(OpenLength(settings, 2, least), 0ns);
}

TEST(StartsNewRow, AfterTheCircuitWasClosedForMaxDuration) {
  const TimePoint closed{1h};
  Settings settings;
  EXPECT_TRUE(StartsNewRow(settings, closed, closed));
  settings.open_backoff = OpenBackoff{2, 60s};
  EXPECT_FALSE(StartsNewRow(settings, closed, closed));
  EXPECT_FALSE(StartsNewRow(settings, closed, closed + 60s - 1ns));
  EXPECT_TRUE(StartsNewRow(settings, closed, closed + 60s));
  settings.open_backoff->max_duration = Duration::max();
  EXPECT_FALSE(StartsNewRow(settings, closed, closed + 24h * 365));
}

TEST(ProcessRandom, IsUniformEnoughAndNeverOne) {
  std::set<double> seen;
  double sum = 0;
  constexpr int kDraws = 10'000;
  for (int i = 0; i < kDraws; ++i) {
    const double next = ProcessRandom().Next();
    ASSERT_GE(next, 0);
    ASSERT_LT(next, 1);
    seen.insert(next);
    sum += next;
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kDraws));
  EXPECT_NEAR(sum / kDraws, 0.5, 0.05);  // 17 standard deviations
}

class Backoff : public Script {
 protected:
  Backoff() {
    settings_.consecutive_failures = 1;
    settings_.open_duration = 1s;
    settings_.open_backoff = OpenBackoff{2, 60s};
  }
  Duration Left() { return *Reject().retry_after; }
};

TEST_F(Backoff, EachFailedProbeDoublesTheOpening) {
  Fail();
  for (const Duration length : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    EXPECT_EQ(Left(), length);
    EXPECT_EQ(told_.back().open_duration, length);
    Advance(length);
    Fail();
  }
}

TEST_F(Backoff, StartsAnewIfTheCircuitWasClosedForTheMaximum) {
  Fail();
  Advance(1s);
  Succeed();
  EXPECT_EQ(Look().openings, 1u);
  Advance(60s - 1ns);
  Fail();
  EXPECT_EQ(Left(), 2s);
  EXPECT_EQ(Look().openings, 2u);
  Advance(2s);
  Succeed();
  Advance(60s);
  Fail();
  EXPECT_EQ(Left(), 1s);
  EXPECT_EQ(Look().openings, 1u);
}

TEST_F(Backoff, StartsAnewAfterAReset) {
  Fail();
  Advance(1s);
  Fail();
  breaker().Reset();
  EXPECT_EQ(Look().openings, 0u);
  Fail();
  EXPECT_EQ(Left(), 1s);
}

TEST_F(Backoff, DoesNotCapAPushback) {
  Run(1, {Outcome::kFailure, 0s, 2min});
  EXPECT_EQ(Left(), 2min);
  Advance(2min);
  Fail();
  EXPECT_EQ(Left(), 2s);
}

TEST_F(Backoff, TakesItsJitterFromTheInjectedSource) {
  Scripted random(0);
  settings_.open_backoff->jitter = 0.5;
  random_ = &random;
  Fail();
  EXPECT_EQ(Left(), 500ms);
  Advance(500ms);
  Fail();
  EXPECT_EQ(Left(), 1s);
  EXPECT_EQ(random.asked, 2);
}

}  // namespace
}  // namespace fusebox::internal
