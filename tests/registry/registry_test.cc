// registry_test.cc: one circuit breaker per method, created on first use.

#include "fusebox/registry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/config/config_parser.h"
#include "tests/base/threads.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

class RegistryTest : public testing::Test, protected ManualRegistry {
 protected:
  // Creates the registry on first use, from the members below.
  Registry& registry() {
    if (registry_ == nullptr) {
      Registry::Options options;
      options.max_unnamed_methods = max_unnamed_methods_;
      options.max_keyed_methods = max_keyed_methods_;
      Start(config_, options);
    }
    return *registry_;
  }
  void Name(const std::string& service, const std::string& method,
            const Policy& policy) {
    config_.method_policy.push_back({{{service, method}}, policy});
  }
  GuardedMethod* Find(std::string_view target, std::string_view method,
                      std::string_view key = {}) {
    registry();
    return ManualRegistry::Find(target, method, key);
  }
  static void Fail(GuardedMethod* entry, int calls) {
    ManualRegistry::Fail(entry->breaker(), calls);
  }

  Config config_;
  size_t max_unnamed_methods_ = Registry::Options().max_unnamed_methods;
  size_t max_keyed_methods_ = Registry::Options().max_keyed_methods;
};

TEST_F(RegistryTest, FindBreakerReturnsTheBreakerOfTheChannelsCalls) {
  const std::shared_ptr<Breaker> breaker =
      registry().FindBreaker("t", "/s/m", "k");
  EXPECT_EQ(breaker.get(), &Find("t", "/s/m", "k")->breaker());
  EXPECT_EQ(registry().FindBreaker("t", "/grpc.health.v1.Health/Check"),
            nullptr);
}

TEST_F(RegistryTest, TheSameTargetAndMethodHaveOneBreaker) {
  GuardedMethod* const entry = Find("t", "/s/m");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(Find("t", "/s/m"), entry);
  EXPECT_EQ(entry->name().target, "t");
  EXPECT_EQ(entry->name().method, "/s/m");
  EXPECT_EQ(entry->breaker().name(), "/s/m");
}

TEST_F(RegistryTest, OtherTargetsAndMethodsHaveOthers) {
  GuardedMethod* const entry = Find("t", "/s/m");
  EXPECT_NE(Find("u", "/s/m"), entry);
  EXPECT_NE(Find("t", "/s/n"), entry);
  EXPECT_NE(Find("", "/s/m"), entry);
  Fail(entry, 5);
  EXPECT_FALSE(entry->breaker().Acquire());
  EXPECT_TRUE(Find("u", "/s/m")->breaker().Acquire());
  EXPECT_TRUE(Find("t", "/s/n")->breaker().Acquire());
}

TEST_F(RegistryTest, EachMethodFollowsItsOwnPolicy) {
  Policy quick;
  quick.consecutive_failures = 1;
  quick.rejection_code = absl::StatusCode::kAborted;
  quick.failure_codes = {absl::StatusCode::kNotFound};
  Name("s", "quick", quick);
  GuardedMethod* const entry = Find("t", "/s/quick");
  Fail(entry, 1);
  EXPECT_FALSE(entry->breaker().Acquire());
  EXPECT_EQ(entry->binding()->policy->rejection_code,
            absl::StatusCode::kAborted);
  EXPECT_EQ(entry->binding()->classifier.Classify(5), Outcome::kFailure);
  EXPECT_EQ(entry->binding()->classifier.Classify(14), Outcome::kSuccess);

  GuardedMethod* const other = Find("t", "/s/other");
  Fail(other, 4);
  EXPECT_TRUE(other->breaker().Acquire());
  EXPECT_EQ(other->binding()->policy->rejection_code,
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(other->binding()->classifier.Classify(14), Outcome::kFailure);
}

TEST_F(RegistryTest, WeirdNamesHaveBreakersToo) {
  for (const char* name : {"", "/", "abc", "/s/", "/s/m/x"}) {
    GuardedMethod* const entry = Find("t", name);
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(entry->name().method, name);
  }
}

TEST_F(RegistryTest, UsesTheClockItIsGiven) {
  EXPECT_EQ(&registry().clock(), &clock_);
  GuardedMethod* const entry = Find("t", "/s/m");
  EXPECT_EQ(&entry->breaker().clock(), &clock_);
  Fail(entry, 5);
  clock_.Advance(59s);
  EXPECT_EQ(entry->breaker().Acquire().rejection->retry_after, 1s);
  clock_.Advance(1s);
  EXPECT_TRUE(entry->breaker().Acquire().permit.is_probe());
}

TEST_F(RegistryTest, UsesThePreciseClockByDefault) {
  const auto registry = Registry::Create();
  EXPECT_EQ(&registry->clock(), &PreciseClock());
  EXPECT_TRUE(registry->config_in_force().config == Config());
}

TEST_F(RegistryTest, AnInvalidConfigIsRefusedWithEveryProblem) {
  config_.default_policy.open_duration = 0s;
  Name("s", "m", Policy());
  Name("s", "m", Policy());
  Name("", "x", Policy());
  config_.method_policy.push_back({{}, Policy()});
  const auto registry = Registry::Create(config_);
  EXPECT_EQ(registry.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(registry.status().message()),
            ToString(config_.Validate()));
  EXPECT_EQ(config_.Validate().size(), 4u);
}

TEST_F(RegistryTest, OptionsWithoutAClockAreRefused) {
  Registry::Options options;
  options.clock = nullptr;
  EXPECT_EQ(Registry::Create(config_, options).status(),
            absl::InvalidArgumentError(
                "clock: must be a clock, such as &PreciseClock(), is null"));
}

TEST_F(RegistryTest, AcceptsTheResultOfReadingAConfig) {
  const auto read =
      ParseConfigJson(R"({"defaultPolicy": {"consecutiveFailures": 2}})");
  const auto registry = Registry::Create(read);
  ASSERT_TRUE(registry.ok());
  EXPECT_EQ(
      (*registry)->config_in_force().config.default_policy.consecutive_failures,
      2u);
  Registry::Options options;
  options.clock = &clock_;
  const auto with_clock = Registry::Create(read, options);
  ASSERT_TRUE(with_clock.ok());
  EXPECT_EQ(&(*with_clock)->clock(), &clock_);
  EXPECT_EQ(Registry::Create(LoadConfigFile("/nowhere.json")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      std::string(Registry::Create(ParseConfigJson("[]")).status().message()),
      "config: must be an object, is an array");
}

TEST_F(RegistryTest, AKeyGivesAMethodAnotherBreakerOfTheSamePolicy) {
  Policy quick;
  quick.consecutive_failures = 1;
  Name("s", "quick", quick);
  GuardedMethod* const plain = Find("t", "/s/quick");
  GuardedMethod* const red = Find("t", "/s/quick", "red");
  ASSERT_NE(red, nullptr);
  EXPECT_NE(red, plain);
  EXPECT_EQ(red->name().key, "red");
  EXPECT_EQ(red->name().method, "/s/quick");
  EXPECT_EQ(red->breaker().name(), "/s/quick [red]");
  EXPECT_EQ(plain->name().key, "");
  EXPECT_EQ(Find("t", "/s/quick", "red"), red);
  EXPECT_EQ(Find("t", "/s/quick", ""), plain);
  EXPECT_NE(Find("t", "/s/quick", "blue"), red);
  EXPECT_NE(Find("u", "/s/quick", "red"), red);
  EXPECT_NE(Find("t", "/s/other", "red"), red);
  Fail(red, 1);
  EXPECT_FALSE(red->breaker().Acquire());
  EXPECT_TRUE(plain->breaker().Acquire());
  EXPECT_TRUE(Find("t", "/s/quick", "blue")->breaker().Acquire());
}

TEST_F(RegistryTest, UnnamedMethodsDoNotCountAsKeys) {
  max_unnamed_methods_ = 1;
  Find("t", "/s/a");
  EXPECT_EQ(Find("t", "/s/b")->breaker().name(), "other");
  EXPECT_EQ(Find("t", "/s/b", "red")->breaker().name(), "/s/b [red]");
}

TEST_F(RegistryTest, AnUpdateKeepsTheBreakersOfKeysAndTheirCount) {
  max_keyed_methods_ = 1;
  GuardedMethod* const red = Find("t", "/s/m", "red");
  Fail(red, 5);
  Policy policy;
  policy.consecutive_failures = 7;
  Name("s", "", policy);
  ASSERT_TRUE(registry().Update(config_).ok());
  EXPECT_EQ(Find("t", "/s/m", "red"), red);
  EXPECT_EQ(red->breaker().TakeSnapshot().state, State::kOpen);
  EXPECT_EQ(Find("t", "/s/m", "blue")->breaker().name(), "other");
  red->breaker().Reset();
  Fail(red, 6);
  EXPECT_EQ(red->breaker().TakeSnapshot().state, State::kClosed);
}

TEST_F(RegistryTest, AKeyOfASharedBreakerIsSharedToo) {
  config_.default_policy.scope = Scope::kService;
  Breaker& red = Find("t", "/s/a", "red")->breaker();
  EXPECT_EQ(&Find("t", "/s/b", "red")->breaker(), &red);
  EXPECT_NE(&Find("t", "/s/b", "blue")->breaker(), &red);
  EXPECT_NE(&Find("t", "/s/b")->breaker(), &red);
  EXPECT_EQ(red.name(), "s [red]");
}

TEST_F(RegistryTest, AnExemptMethodHasNoBreakerWhateverItsKey) {
  max_keyed_methods_ = 1;
  for (const char* key : {"", "1", "2", "3"}) {
    EXPECT_EQ(Find("t", "/grpc.health.v1.Health/Check", key), nullptr);
  }
  EXPECT_TRUE(registry().TakeSnapshot().empty());
  EXPECT_EQ(Find("t", "/s/m", "red")->name().key, "red");
}

TEST_F(RegistryTest, SnapshotsAreSortedByTargetThenMethodThenKey) {
  const BreakerName names[] = {
      {"b", "/s/1", ""},  {"a", "/s/2", ""},     {"b", "/s/0", "red"},
      {"a", "/s/10", ""}, {"b", "/s/0", "blue"}, {"b", "/s/0", ""},
  };
  for (const BreakerName& name : names) {
    Find(name.target, name.method, name.key);
  }
  Fail(Find("b", "/s/0", "red"), 5);
  std::vector<std::string> lines;
  for (const MethodSnapshot& one : registry().TakeSnapshot()) {
    lines.push_back(BreakerText(one.name) + " " +
                    std::string(fusebox::Name(one.breaker.state)));
  }
  EXPECT_THAT(
      lines, testing::ElementsAre("/s/10 on a CLOSED", "/s/2 on a CLOSED",
                                  "/s/0 on b CLOSED", "/s/0 [blue] on b CLOSED",
                                  "/s/0 [red] on b OPEN", "/s/1 on b CLOSED"));
}

TEST_F(RegistryTest, SnapshotsMayBeTakenAsOfAnyTime) {
  Fail(Find("t", "/s/m"), 5);
  const TimePoint now = clock_.Now();
  const auto open_time = [&](TimePoint at) {
    return registry().TakeSnapshot(at).at(0).breaker.open_time;
  };
  EXPECT_EQ(open_time(now), Duration(0));
  EXPECT_EQ(open_time(now + std::chrono::seconds(3)), std::chrono::seconds(3));
  EXPECT_EQ(registry().TakeSnapshot().at(0).breaker.open_time, Duration(0));
}

TEST_F(RegistryTest, TenThousandMethodsFromEightThreadsEachHaveOneBreaker) {
  constexpr int kThreads = 8;
  constexpr size_t kMethods = 10'000;
  max_unnamed_methods_ = kMethods;
  registry();
  std::vector<std::vector<GuardedMethod*>> found(
      kThreads, std::vector<GuardedMethod*>(kMethods));
  OnThreads(kThreads, [&](int number) {
    const auto thread = static_cast<size_t>(number);
    for (size_t i = 0; i < kMethods; ++i) {
      // Each thread in another order.
      const size_t method = (i * 7 + thread * 1259) % kMethods;
      found[thread][method] = Find("t", "/s/" + std::to_string(method));
    }
  });
  for (size_t method = 0; method < kMethods; ++method) {
    const std::string name = "/s/" + std::to_string(method);
    ASSERT_NE(found[0][method], nullptr);
    ASSERT_EQ(found[0][method]->name().method, name);
    ASSERT_EQ(Find("t", name), found[0][method]);
    for (size_t thread = 1; thread < kThreads; ++thread) {
      ASSERT_EQ(found[thread][method], found[0][method]) << name;
    }
  }
  EXPECT_EQ(registry_->TakeSnapshot().size(), kMethods);
}

}  // namespace
}  // namespace fusebox::internal
