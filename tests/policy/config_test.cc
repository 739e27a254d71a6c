// config_test.cc: tests that Config::Validate() reports every problem.

#include "fusebox/policy/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

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

TEST(ConfigTest, ServicesMethodsAndEveryMethodMayBeNamedTogether) {
  EXPECT_THAT(Config().Validate(), IsEmpty());
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

TEST(ConfigTest, ReportsEveryBadName) {
  const struct {
    const char* what;
    std::vector<std::vector<MethodName>> entries;
    Problems problems;
  } cases[] = {
      {"an entry without a name",
       {{}},
       {{"method_policy[0].name", "must have at least one entry"}}},
      {"a method without a service",
       {{{"", "Checkout"}}},
       {{"method_policy[0].name[0].service",
         "must be given where a method is, is empty (method \"Checkout\")"}}},
      {"slashes",
       {{{"/s", ""}, {"s", "m/x"}}},
       {{"method_policy[0].name[0].service", "must not contain '/', is \"/s\""},
        {"method_policy[0].name[1].method",
         "must not contain '/', is \"m/x\""}}},
      {"spaces and other characters",
       {{{"shop.v1.Cart ", ""}, {"s", "m\n"}, {"K\xc3\xa4se", ""}}},
       {{"method_policy[0].name[0].service",
         "must be the full name of a service, like shop.v1.Cart, is "
         "\"shop.v1.Cart \""},
        {"method_policy[0].name[1].method",
         "must be the name of a method, like Checkout, is \"m\\n\""},
        {"method_policy[0].name[2].service",
         "must be the full name of a service, like shop.v1.Cart, is "
         "\"K\xc3\xa4se\""}}},
      {"patterns and other texts that match nothing",
       {{{"shop.v1.*", ""}, {".s", ""}, {"s.", "*"}, {"1s", "m.n"}}},
       {{"method_policy[0].name[0].service",
         "must be the full name of a service, like shop.v1.Cart, is "
         "\"shop.v1.*\""},
        {"method_policy[0].name[1].service",
         "must be the full name of a service, like shop.v1.Cart, is \".s\""},
        {"method_policy[0].name[2].service",
         "must be the full name of a service, like shop.v1.Cart, is \"s.\""},
        {"method_policy[0].name[2].method",
         "must be the name of a method, like Checkout, is \"*\""},
        {"method_policy[0].name[3].service",
         "must be the full name of a service, like shop.v1.Cart, is \"1s\""},
        {"method_policy[0].name[3].method",
         "must be the name of a method, like Checkout, is \"m.n\""}}},
      {"a name that is given in two entries",
       {{{"s", "m"}, {"s", ""}}, {{"t", "m"}, {"s", "m"}}, {{"s", ""}}},
       {{"method_policy[1].name[1]",
         "must be given once, \"s/m\" is also method_policy[0].name[0]"},
        {"method_policy[2].name[0]",
         "must be given once, \"s\" is also method_policy[0].name[1]"}}},
      {"a name that is given twice in one entry",
       {{{"s", "m"}, {"s", "m"}}},
       {{"method_policy[0].name[1]",
         "must be given once, \"s/m\" is also method_policy[0].name[0]"}}},
      {"two entries for every method",
       {{{"", ""}}, {{"", ""}}},
       {{"method_policy[1].name[0]",
         "must be given once, every method is also "
         "method_policy[0].name[0]"}}},
  };
  for (const auto& c : cases) {
    Config config;
    for (const auto& names : c.entries) {
      config.method_policy.push_back({names, Policy()});
    }
    EXPECT_EQ(config.Validate(), c.problems) << c.what;
  }
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
