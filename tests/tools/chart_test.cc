// chart_test.cc: bins that become wider, and a picture of limited size.

#include "tools/replay/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

#include "fusebox/core/breaker.h"
#include "fusebox/policy/config.h"
#include "tools/replay/series.h"
#include "tools/replay/tally.h"

namespace fusebox::tool {
namespace {

using testing::HasSubstr;
using testing::Not;

uint64_t Sum(const Series& series, Fate fate) {
  uint64_t sum = 0;
  for (const Series::Bin& bin : series.bins()) {
    sum += bin[static_cast<size_t>(fate)];
  }
  return sum;
}

TEST(SeriesTest, BinsBecomeWiderAndLoseNoCalls) {
  Series series(1'000'000);
  for (int64_t t_us = 1'000'000; t_us < 90'000'000; t_us += 10'000) {
    series.Add(t_us, t_us % 3 == 0 ? Fate::kFailed : Fate::kSucceeded);
  }
  EXPECT_LE(series.bins().size(), Series::kMaxBins);
  EXPECT_GT(series.bins().size(), Series::kMaxBins / 4);
  EXPECT_EQ(Sum(series, Fate::kFailed) + Sum(series, Fate::kSucceeded), 8900u);
  EXPECT_EQ(Sum(series, Fate::kLost), 0u);
}

TEST(SeriesTest, ACallStaysInTheBinOfItsTime) {
  Series series(0);
  series.Add(0, Fate::kLost);
  series.Add(1'000'000'000, Fate::kAvoided);
  const auto last = static_cast<size_t>(1'000'000'000 / series.width_us());
  ASSERT_EQ(series.bins().size(), last + 1);
  EXPECT_EQ(series.bins()[0][static_cast<size_t>(Fate::kLost)], 1u);
  EXPECT_EQ(series.bins()[last][static_cast<size_t>(Fate::kAvoided)], 1u);
}

class ChartTest : public testing::Test {
 protected:
  // Makes `calls` failures of `method`, one every ten milliseconds.
  void Fail(int calls, const std::string& method) {
    const auto policies = PolicyTable::Create(config_);
    Simulation simulation(**policies, {&chart_, &tally_}, std::nullopt);
    RecordedCall call;
    call.method = method;
    call.code = 14;
    for (int i = 0; i < calls; ++i) {
      call.start_us = 10'000 * i;
      simulation.Run(call);
    }
    simulation.Finish();
  }

  Config config_;
  Chart chart_;
  Tally tally_;
};

TEST_F(ChartTest, ShowsTheFateOfTheCallsAndTheState) {
  Fail(10'000, "/s/M");
  const std::string svg = chart_.Svg(tally_);
  EXPECT_THAT(svg, HasSubstr("<svg xmlns="));
  EXPECT_THAT(svg, HasSubstr("10,000 calls: 9,994 failures avoided, 0 "
                             "successes lost"));
  EXPECT_THAT(svg, HasSubstr(">/s/M</text>"));
  EXPECT_THAT(svg, HasSubstr("<path class=\"failed\""));
  EXPECT_THAT(svg, HasSubstr("<path class=\"avoided\""));
  EXPECT_THAT(svg, Not(HasSubstr("<path class=\"lost\"")));
  EXPECT_THAT(svg, HasSubstr("height=\"14\" class=\"OPEN\""));
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST_F(ChartTest, DoesNotGrowWithTheNumberOfTransitions) {
  config_.default_policy.consecutive_failures = 1;
  config_.default_policy.open_duration = std::chrono::milliseconds(1);
  Fail(100'000, "/s/M");
  EXPECT_GT(tally_.breakers().at("/s/M").openings, 90'000u);
  EXPECT_LT(chart_.Svg(tally_).size(), 60'000u);
}

TEST_F(ChartTest, EscapesNames) {
  Fail(1, "/<s>&\"/M");
  EXPECT_THAT(chart_.Svg(tally_), HasSubstr(">/&lt;s>&amp;&quot;/M</text>"));
}

TEST_F(ChartTest, IsAnEmptyButCompletePictureWithoutCalls) {
  EXPECT_THAT(chart_.Svg(tally_), HasSubstr("0 calls"));
}

}  // namespace
}  // namespace fusebox::tool
