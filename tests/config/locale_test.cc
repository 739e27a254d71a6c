// locale_test.cc: texts do not depend on the locale of the program.

#include <gtest/gtest.h>

#include <chrono>
#include <locale>
#include <string>

#include "fusebox/base/problem.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/core/transition.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/rejection_text.h"

namespace fusebox {
namespace {

// Writes 1234.5 as "1.234,5", as in German.
class GermanNumbers final : public std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

class LocaleTest : public testing::Test {
 protected:
  LocaleTest()
      : before_(std::locale::global(
            std::locale(std::locale(), new GermanNumbers))) {}
  ~LocaleTest() override { std::locale::global(before_); }

 private:
  const std::locale before_;
};

TEST_F(LocaleTest, ProblemsShowNumbersAsInCode) {
  Policy policy;
  policy.failure_rate = FailureRate{1234.5, 20};
  policy.open_backoff = OpenBackoff{2, std::chrono::seconds(100'000), 1.5};
  EXPECT_EQ(ToString(policy.Validate()),
            "failure_rate.threshold: must be in (0, 1], is 1234.5; "
            "open_backoff.jitter: must be in [0, 1], is 1.5");
}

TEST_F(LocaleTest, CausesShowRatesWithAPoint) {
  Cause cause;
  cause.reason = TransitionReason::kFailureRate;
  cause.failures = 1000;
  cause.calls = 2000;
  EXPECT_EQ(DescribeCause(cause, "UNAVAILABLE"),
            "failure rate 0.50 of 2000 calls, last UNAVAILABLE");
}

TEST_F(LocaleTest, AConfigReadsBackEqual) {
  Config config;
  config.default_policy.failure_rate = FailureRate{0.25, 1000};
  EXPECT_EQ(*ParseConfigJson(ConfigToJson(config)), config);
}

}  // namespace
}  // namespace fusebox
