// config_builder_test.cc: tests that a config that is built in code inherits as
// a config file does.

#include "fusebox/policy/config_builder.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/config/config_parser.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;

TEST(ConfigBuilder, BuildsTheDefaultConfigWithoutChanges) {
  const absl::StatusOr<Config> config = ConfigBuilder().Build();
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(*config == Config());
}

TEST(ConfigBuilder, BuildsTheSameConfigAsAFile) {
  const absl::StatusOr<Config> built =
      ConfigBuilder()
          .Method("shop.v1.Cart", "Checkout",
                  [](Policy& p) { p.consecutive_failures = 2; })
          .Default([](Policy& p) { p.open_duration = 5s; })
          .Service("shop.v1.Search",
                   [](Policy& p) {
                     p = Policy::Classic();
                     p.mode = Mode::kDryRun;
                   })
          .Methods({{"a", ""}, {"b", "B"}},
                   [](Policy& p) { p.honor_pushback = false; })
          .Build();
  ASSERT_TRUE(built.ok()) << built.status();
  const absl::StatusOr<Config> read = ParseConfigJson(R"({
    "defaultPolicy": {"openDuration": "5s"},
    "methodPolicy": [
      {"name": [{"service": "shop.v1.Cart", "method": "Checkout"}],
       "policy": {"consecutiveFailures": 2}},
      {"name": [{"service": "shop.v1.Search"}],
       "policy": {"preset": "CLASSIC", "mode": "DRY_RUN"}},
      {"name": [{"service": "a"}, {"service": "b", "method": "B"}],
       "policy": {"honorPushback": false}}]})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*built == *read);
}

TEST(ConfigBuilder, ReportsEveryProblem) {
  const absl::StatusOr<Config> config =
      ConfigBuilder()
          .Default([](Policy& p) { p.max_pushback = -1s; })
          .Method("", "m",
                  [](Policy& p) {
                    p.max_pushback = 1s;
                    p.half_open.max_probes = 0;
                  })
          .Build();
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(
      std::string(config.status().message()),
      "default_policy.max_pushback: must be at least 0s, is -1s; "
      "method_policy[0].name[0].service: must be given where a method is, is "
      "empty (method \"m\"); "
      "method_policy[0].policy.half_open.max_probes: must be in [1, 4096], is "
      "0");
}

TEST(ConfigBuilder, CanBuildMoreThanOnce) {
  ConfigBuilder builder;
  builder.Service("s", [](Policy& p) { p.consecutive_failures += 1; });
  const absl::StatusOr<Config> first = builder.Build();
  builder.Default([](Policy& p) { p.consecutive_failures = 10; });
  const absl::StatusOr<Config> second = builder.Build();
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->method_policy[0].policy.consecutive_failures, 6u);
  EXPECT_EQ(second->method_policy[0].policy.consecutive_failures, 11u);
}

}  // namespace
}  // namespace fusebox
