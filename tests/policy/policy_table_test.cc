// policy_table_test.cc: tests which policy a method has.

#include "fusebox/policy/policy_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "fusebox/base/problem.h"

namespace fusebox {
namespace {

// Returns a policy that is recognized by its number.
Policy Numbered(uint32_t number) {
  Policy policy;
  policy.consecutive_failures = number;
  return policy;
}

// 100: the default; 1: s/m; 2: service s; 3: t/m.
Config Usual() {
  Config config;
  config.default_policy = Numbered(100);
  config.method_policy.push_back({{{"s", "m"}}, Numbered(1)});
  config.method_policy.push_back({{{"s", ""}}, Numbered(2)});
  config.method_policy.push_back({{{"t", "m"}}, Numbered(3)});
  return config;
}

// Returns the number of the policy, or 0 if the method has no breaker.
uint32_t Find(const Config& config, std::string_view method) {
  const auto table = PolicyTable::Create(config);
  const Policy* const policy = (*table)->Find(method);
  return policy == nullptr ? 0 : policy->consecutive_failures;
}

TEST(PolicyTableTest, PrefersTheMethodThenTheServiceThenTheDefault) {
  EXPECT_EQ(Find(Usual(), "/s/m"), 1u);
  EXPECT_EQ(Find(Usual(), "/s/other"), 2u);
  EXPECT_EQ(Find(Usual(), "/t/m"), 3u);
  EXPECT_EQ(Find(Usual(), "/t/other"), 100u);
  EXPECT_EQ(Find(Usual(), "/u/m"), 100u);
}

TEST(PolicyTableTest, TheOrderOfEntriesDoesNotMatter) {
  Config config;
  config.method_policy.push_back({{{"s", ""}}, Numbered(2)});
  config.method_policy.push_back({{{"s", "m"}}, Numbered(1)});
  EXPECT_EQ(Find(config, "/s/m"), 1u);
  EXPECT_EQ(Find(config, "/s/n"), 2u);
}

TEST(PolicyTableTest, OneEntryServesAllItsNames) {
  Config config;
  config.method_policy.push_back({{{"s", "m"}, {"t", ""}}, Numbered(7)});
  EXPECT_EQ(Find(config, "/s/m"), 7u);
  EXPECT_EQ(Find(config, "/t/x"), 7u);
}

TEST(PolicyTableTest, AnEmptyNameMatchesEveryMethod) {
  Config config = Usual();
  config.method_policy.push_back({{{"", ""}}, Numbered(50)});
  EXPECT_EQ(Find(config, "/s/m"), 1u);
  EXPECT_EQ(Find(config, "/s/other"), 2u);
  EXPECT_EQ(Find(config, "/u/m"), 50u);
  EXPECT_EQ(Find(config, "nonsense"), 50u);
}

TEST(PolicyTableTest, MatchesWholeNamesOnly) {
  EXPECT_EQ(Find(Usual(), "/ss/m"), 100u);
  EXPECT_EQ(Find(Usual(), "/s.t/m"), 100u);
  EXPECT_EQ(Find(Usual(), "/S/m"), 100u);
  EXPECT_EQ(Find(Usual(), "/s/M"), 2u);
}

TEST(PolicyTableTest, FindsAPolicyForMalformedNames) {
  for (const char* name :
       {"", "/", "//", "abc", "s/m", "m", "/s", " /s/m", "///"}) {
    EXPECT_EQ(Find(Usual(), name), 100u) << '"' << name << '"';
  }
  EXPECT_EQ(Find(Usual(), "/s/"), 2u);
  EXPECT_EQ(Find(Usual(), "/s/m/x"), 2u);
  EXPECT_EQ(Find(Usual(), "/s//m"), 2u);
  EXPECT_EQ(Find(Usual(), std::string(100'000, 'x')), 100u);
  EXPECT_EQ(Find(Usual(), std::string_view("/s/m\0", 5)), 2u);
}

TEST(PolicyTableTest, SomeServicesHaveNoBreaker) {
  for (const char* method :
       {"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/grpc.channelz.v1.Channelz/GetServers",
        "/fusebox.v1.BreakerAdmin/List"}) {
    EXPECT_EQ(Find(Usual(), method), 0u) << method;
  }
  for (const char* similar :
       {"/grpc.health.v1.Healthy/Check", "/grpc.health.v1/Check",
        "/x.grpc.health.v1.Health/Check", "/grpc.health.v1.Health",
        "grpc.health.v1.Health/Check", "/fusebox.v1.BreakerAdmin"}) {
    EXPECT_EQ(Find(Usual(), similar), 100u) << similar;
  }
}

TEST(PolicyTableTest, AnEntryForEveryMethodGivesThemNone) {
  Config config;
  config.method_policy.push_back({{{"", ""}}, Numbered(50)});
  EXPECT_EQ(Find(config, "/grpc.health.v1.Health/Check"), 0u);
}

TEST(PolicyTableTest, AnEntryThatNamesThemGivesThemOne) {
  Config config;
  config.method_policy.push_back(
      {{{"grpc.health.v1.Health", ""}}, Numbered(8)});
  config.method_policy.push_back(
      {{{"grpc.channelz.v1.Channelz", "GetServers"}}, Numbered(9)});
  EXPECT_EQ(Find(config, "/grpc.health.v1.Health/Check"), 8u);
  EXPECT_EQ(Find(config, "/grpc.channelz.v1.Channelz/GetServers"), 9u);
  EXPECT_EQ(Find(config, "/grpc.channelz.v1.Channelz/GetSockets"), 0u);
}

TEST(PolicyTableTest, KeepsItsOwnCopyOfTheConfig) {
  Config config = Usual();
  const auto table = PolicyTable::Create(config).value();
  config.method_policy.clear();
  EXPECT_TRUE(table->config() == Usual());
  EXPECT_EQ(table->Find("/s/m"), &table->config().method_policy[0].policy);
  EXPECT_EQ(table->Find("/u/m"), &table->config().default_policy);
}

TEST(PolicyTableTest, ExistsOnlyForAValidConfig) {
  Config config = Usual();
  config.default_policy.open_duration = Duration(0);
  config.method_policy[1].policy.half_open.max_probes = 0;
  const absl::Status status = PolicyTable::Create(config).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()), ToString(config.Validate()));
}

}  // namespace
}  // namespace fusebox
