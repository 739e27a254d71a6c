// config_test.cc: tests that Config::Validate() reports every problem.

#include "fusebox/policy/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusebox/base/problem.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Policy Broken() {
  Policy policy;
  policy.open_duration = 0s;
  return policy;
}

TEST(ConfigTest, TheDefaultConfigIsValid) {
  EXPECT_THAT(Config().Validate(), IsEmpty());
}

TEST(ConfigTest, ServicesMethodsAndEveryMethodMayBeNamedTogether) {
  Config config;
  config.method_policy.push_back(
      {{{"s", "A"}, {"s", "B"}, {"s", ""}, {"t", "A"}}, Policy()});
  config.method_policy.push_back({{{"", ""}}, Policy()});
  EXPECT_THAT(config.Validate(), IsEmpty());
}

TEST(ConfigTest, ReportsProblemsOfEveryPolicyWithTheirPath) {
  Config config;
  config.default_policy = Broken();
  config.method_policy.push_back({{{"s", "m"}}, Policy()});
  config.method_policy.push_back({{{"t", ""}}, Broken()});
  config.method_policy.back().policy.half_open.max_probes = 0;
  EXPECT_THAT(
      config.Validate(),
      ElementsAre(Problem{"default_policy.open_duration",
                          "must be greater than 0s, is 0s"},
                  Problem{"method_policy[1].policy.open_duration",
                          "must be greater than 0s, is 0s"},
                  Problem{"method_policy[1].policy.half_open.max_probes",
                          "must be in [1, 4096], is 0"}));
}

TEST(ConfigTest, AnEntryNeedsAName) {
  Config config;
  config.method_policy.push_back({{}, Policy()});
  EXPECT_THAT(config.Validate(),
              ElementsAre(Problem{"method_policy[0].name",
                                  "must have at least one entry"}));
}

TEST(ConfigTest, AMethodNeedsAService) {
  Config config;
  config.method_policy.push_back({{{"", "Checkout"}}, Policy()});
  EXPECT_THAT(
      config.Validate(),
      ElementsAre(Problem{"method_policy[0].name[0].service",
                          "must be given where a method is, is empty (method "
                          "\"Checkout\")"}));
}

TEST(ConfigTest, ANameHasNoSlash) {
  Config config;
  config.method_policy.push_back({{{"/s", ""}, {"s", "m/x"}}, Policy()});
  EXPECT_THAT(config.Validate(),
              ElementsAre(Problem{"method_policy[0].name[0].service",
                                  "must not contain '/', is \"/s\""},
                          Problem{"method_policy[0].name[1].method",
                                  "must not contain '/', is \"m/x\""}));
}

TEST(ConfigTest, ANameIsPrintableAsciiWithoutSpaces) {
  Config config;
  config.method_policy.push_back(
      {{{"shop.v1.Cart ", ""}, {"s", "m\n"}, {"K\xc3\xa4se", ""}}, Policy()});
  EXPECT_THAT(
      config.Validate(),
      ElementsAre(
          Problem{"method_policy[0].name[0].service",
                  "must be printable ASCII without spaces, is "
                  "\"shop.v1.Cart \""},
          Problem{"method_policy[0].name[1].method",
                  "must be printable ASCII without spaces, is \"m\\n\""},
          Problem{"method_policy[0].name[2].service",
                  "must be printable ASCII without spaces, is "
                  "\"K\xc3\xa4se\""}));
}

TEST(ConfigTest, ReportsADuplicateNameWithBothPaths) {
  Config config;
  config.method_policy.push_back({{{"s", "m"}, {"s", ""}}, Policy()});
  config.method_policy.push_back({{{"t", "m"}, {"s", "m"}}, Policy()});
  config.method_policy.push_back({{{"s", ""}}, Policy()});
  EXPECT_THAT(config.Validate(),
              ElementsAre(Problem{"method_policy[1].name[1]",
                                  "must be given once, \"s/m\" is also "
                                  "method_policy[0].name[0]"},
                          Problem{"method_policy[2].name[0]",
                                  "must be given once, \"s\" is also "
                                  "method_policy[0].name[1]"}));
}

TEST(ConfigTest, ReportsADuplicateNameWithinOneEntry) {
  Config config;
  config.method_policy.push_back({{{"s", "m"}, {"s", "m"}}, Policy()});
  EXPECT_THAT(config.Validate(),
              ElementsAre(Problem{"method_policy[0].name[1]",
                                  "must be given once, \"s/m\" is also "
                                  "method_policy[0].name[0]"}));
}

TEST(ConfigTest, AtMostOneEntryIsForEveryMethod) {
  Config config;
  config.method_policy.push_back({{{"", ""}}, Policy()});
  config.method_policy.push_back({{{"", ""}}, Policy()});
  EXPECT_THAT(config.Validate(),
              ElementsAre(Problem{"method_policy[1].name[0]",
                                  "must be given once, every method is also "
                                  "method_policy[0].name[0]"}));
}

TEST(ConfigTest, IsEqualIfEveryPartIs) {
  Config config;
  config.method_policy.push_back({{{"s", "m"}}, Policy()});
  Config same = config;
  EXPECT_TRUE(config == same);
  EXPECT_FALSE(config != same);
  same.method_policy[0].name[0].method = "n";
  EXPECT_TRUE(config != same);
  same = config;
  same.method_policy[0].name[0].service = "t";
  EXPECT_TRUE(config != same);
  same = config;
  same.method_policy[0].policy.open_duration = 1s;
  EXPECT_TRUE(config != same);
  same = config;
  same.default_policy.open_duration = 1s;
  EXPECT_TRUE(config != same);
}

}  // namespace
}  // namespace fusebox
