// update_test.cc: the config changes while breakers are at work.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/core/settings.h"
#include "fusebox/registry/registry.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class UpdateTest : public testing::Test, protected ManualRegistry {
 protected:
  UpdateTest() {
    Registry::Options options;
    options.max_unnamed_methods = 3;
    Start(config_, options);
  }

  void Update() { ASSERT_TRUE(registry_->Update(config_).ok()); }
  void Name(const std::string& service, const std::string& method,
            const Policy& policy) {
    config_.method_policy.push_back({{{service, method}}, policy});
  }
  GuardedMethod* Find(const char* method) {
    return ManualRegistry::Find("t", method);
  }
  State StateOf(const char* method) {
    return Find(method)->breaker().TakeSnapshot().state;
  }
  void Fail(const char* method, int calls) {
    ManualRegistry::Fail(Find(method)->breaker(), calls);
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const MethodSnapshot& one : registry_->TakeSnapshot()) {
      names.push_back(one.name.method);
    }
    return names;
  }

  Config config_;
};

TEST_F(UpdateTest, TheNewPolicyDecidesAndTheRunOfFailuresGoesOn) {
  GuardedMethod* const entry = Find("/s/m");
  Fail("/s/m", 3);
  config_.default_policy.consecutive_failures = 4;
  config_.default_policy.open_duration = 2s;
  config_.default_policy.rejection_code = absl::StatusCode::kAborted;
  config_.default_policy.ignored_codes = {absl::StatusCode::kInternal};
  config_.default_policy.min_deadline = 1ms;
  config_.default_policy.count_broken_streams = true;
  config_.default_policy.stream_verdict = StreamVerdict::kFinalStatus;
  Update();
  EXPECT_EQ(registry_->config_in_force().generation, 2u);
  EXPECT_TRUE(registry_->config_in_force().config == config_);
  EXPECT_EQ(registry_->TakeSnapshot().at(0).policy->consecutive_failures, 4u);
  EXPECT_EQ(Find("/s/m"), entry);
  EXPECT_EQ(entry->binding()->policy->rejection_code,
            absl::StatusCode::kAborted);
  EXPECT_EQ(entry->binding()->classifier.Classify(13), Outcome::kIgnored);
  EXPECT_EQ(entry->binding()->policy->min_deadline, 1ms);
  EXPECT_TRUE(entry->binding()->policy->count_broken_streams);
  EXPECT_EQ(entry->binding()->policy->stream_verdict,
            StreamVerdict::kFinalStatus);
  Fail("/s/m", 1);
  EXPECT_EQ(entry->breaker().Acquire().rejection->retry_after, 2s);
}

TEST_F(UpdateTest, ABadConfigChangesNothing) {
  const Config old = config_;
  config_.default_policy.consecutive_failures = 1;
  config_.default_policy.open_duration = 0s;
  Name("s", "m", Policy());
  const absl::Status status = registry_->Update(config_);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("default_policy.open_duration: must be greater"));
  EXPECT_TRUE(registry_->config_in_force().config == old);
  EXPECT_EQ(registry_->config_in_force().generation, 1u);
  Fail("/s/m", 4);
  EXPECT_EQ(StateOf("/s/m"), State::kClosed);
}

TEST_F(UpdateTest, TheConfigInForceIsReadWithItsOwnGeneration) {
  constexpr uint32_t kUpdates = 200;
  std::thread updates([&] {
    Config config = config_;
    for (uint32_t i = 2; i <= kUpdates; ++i) {
      config.default_policy.consecutive_failures = i;
      EXPECT_TRUE(registry_->Update(config).ok());
    }
  });
  ConfigInForce read;
  while (read.generation < kUpdates) {
    read = registry_->config_in_force();
    if (read.generation == 1) continue;
    ASSERT_EQ(read.config.default_policy.consecutive_failures, read.generation);
  }
  updates.join();
}

TEST_F(UpdateTest, MethodsMayJoinABreakerAndLeaveIt) {
  Fail("/s/m", 5);
  Fail("/s/n", 1);
  Policy shared;
  shared.scope = Scope::kService;
  Name("s", "", shared);
  Update();
  EXPECT_EQ(&Find("/s/m")->breaker(), &Find("/s/n")->breaker());
  EXPECT_EQ(StateOf("/s/m"), State::kClosed);
  EXPECT_THAT(Names(), ElementsAre("s"));
  config_.method_policy.clear();
  Update();
  EXPECT_THAT(Names(), ElementsAre("/s/m", "/s/n"));
  EXPECT_EQ(StateOf("/s/m"), State::kOpen);  // as it was left
  EXPECT_EQ(StateOf("/s/n"), State::kClosed);
}

TEST_F(UpdateTest, AServiceIsExemptOnlyWhileTheConfigNamesIt) {
  const char* const check = "/grpc.health.v1.Health/Check";
  EXPECT_EQ(Find(check), nullptr);
  Name("grpc.health.v1.Health", "", Policy());
  Update();
  ASSERT_NE(Find(check), nullptr);
  Fail(check, 5);
  EXPECT_EQ(StateOf(check), State::kOpen);
  config_.method_policy.clear();
  Update();
  EXPECT_EQ(Find(check), nullptr);
  EXPECT_TRUE(Names().empty());
}

TEST_F(UpdateTest, UnnamedMethodsBeyondTheMaximumShareABreakerThatNeverOpens) {
  for (const char* method : {"/s/1", "/s/2", "/s/3"}) Find(method);
  EXPECT_EQ(Find("/s/2")->name().method, "/s/2");
  GuardedMethod* const other = Find("/s/4");
  EXPECT_EQ(other->name().method, "other");
  EXPECT_EQ(Find("/s/5"), other);
  Fail("/s/4", 20);
  EXPECT_TRUE(other->breaker().Acquire());
  EXPECT_EQ(other->breaker().TakeSnapshot().totals.failures, 20u);
  EXPECT_THAT(Names(), ElementsAre("/s/1", "/s/2", "/s/3", "other"));
  EXPECT_EQ(Find("/grpc.health.v1.Health/Check"), nullptr);
}

TEST_F(UpdateTest, NamedMethodsAlwaysHaveABreakerOfTheirOwn) {
  for (const char* method : {"/s/m1", "/s/m2", "/s/m3"}) Find(method);
  Name("s", "m4", Policy());
  Name("s", "m1", Policy());
  Update();
  EXPECT_EQ(Find("/s/m4")->name().method, "/s/m4");
  EXPECT_EQ(Find("/s/m5")->name().method,
            "/s/m5");  // one place has become free
  EXPECT_EQ(Find("/s/m6")->name().method, "other");
}

TEST_F(UpdateTest, UnderLoadLosesNoCallAndRejectsNoneWrongly) {
  constexpr int kThreads = 4;
  constexpr int kUpdates = 300;
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> calls{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      while (!stop) {
        for (const char* method : {"/s/m", "/s/n"}) {
          Admission admission = Find(method)->breaker().Acquire();
          ASSERT_TRUE(admission);
          admission.permit.Settle({Outcome::kSuccess});
          ++calls;
        }
      }
    });
  }
  for (uint32_t i = 0; i < kUpdates; ++i) {
    config_.default_policy.consecutive_failures = 1 + i % 7;
    config_.default_policy.failure_rate = FailureRate{0.9, 1};
    if (i % 4 == 0) config_.default_policy.failure_rate.reset();
    config_.default_policy.window = Window::OfCalls(1 + i % 50);
    if (i % 5 == 0) config_.default_policy.window = Window();
    config_.default_policy.rejection_code =
        i % 2 ? absl::StatusCode::kAborted : absl::StatusCode::kUnavailable;
    config_.default_policy.scope = i % 3 ? Scope::kMethod : Scope::kChannel;
    Update();
    const uint64_t before = calls;
    while (calls == before) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  // The breakers of the scope that is not in use have seen calls too.
  uint64_t admitted = 0;
  for (const Scope scope : {Scope::kMethod, Scope::kChannel}) {
    config_.default_policy.scope = scope;
    Update();
    for (const MethodSnapshot& one : registry_->TakeSnapshot()) {
      EXPECT_EQ(one.breaker.state, State::kClosed);
      EXPECT_EQ(one.breaker.totals.admitted, one.breaker.totals.ended);
      EXPECT_EQ(one.breaker.totals.admitted, one.breaker.totals.successes);
      admitted += one.breaker.totals.admitted;
    }
  }
  EXPECT_EQ(admitted, calls);
}

}  // namespace
}  // namespace fusebox::internal
