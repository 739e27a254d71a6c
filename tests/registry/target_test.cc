// target_test.cc: tests when breakers leave a registry: with the last holder of
// their target, or because a key makes room for another one.

#include "fusebox/registry/internal/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/internal/guarded_call.h"
#include "fusebox/registry/registry.h"
#include "tests/base/threads.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class TargetTest : public testing::Test, protected ManualRegistry {
 protected:
  TargetTest() { Begin(); }

  // Creates a registry with places for so many methods and keys per target.
  void Begin(const Policy& policy = Policy(), size_t places = 3) {
    Registry::Options options;
    options.max_unnamed_methods = options.max_keyed_methods = places;
    Config config;
    config.default_policy = policy;
    heard_.clear();
    Start(config, options);
    listener_ = registry_->Subscribe([this](const Event& event) {
      if (event.type == EventType::kRetired) heard_.push_back(event);
    });
  }
  void Succeed(GuardedMethod* method, int calls = 1) {
    for (int i = 0; i < calls; ++i) {
      method->breaker().Acquire().permit.Settle({Outcome::kSuccess});
    }
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& in_use : registry_->BreakersInUse()) {
      names.push_back(BreakerText(in_use.name));
    }
    return names;
  }
  RetiredBreakers Sums() {
    RetiredBreakers sums;
    registry_->TakeSnapshot(clock_.Now(), &sums);
    return sums;
  }
  // Returns the names in the RETIRED events since the last time.
  std::vector<std::string> Left() {
    registry_->WaitForListeners();
    std::vector<std::string> names;
    for (const Event& event : heard_) {
      names.push_back(BreakerText(*event.breaker));
    }
    heard_.clear();
    return names;
  }

  std::vector<Event> heard_;
  Subscription listener_;
};

TEST_F(TargetTest, BreakersLeaveWithTheLastHolderOfTheirTarget) {
  std::optional<OpenTarget> first = registry_->Open("a");
  std::optional<OpenTarget> second = registry_->Open("a");
  first->Find("/s/m");
  EXPECT_EQ(second->Find("/s/m").get(), first->Find("/s/m").get());
  Find("b", "/s/m");
  first.reset();
  EXPECT_THAT(Names(), ElementsAre("/s/m on a", "/s/m on b"));
  second.reset();
  EXPECT_THAT(Names(), ElementsAre("/s/m on b"));
  EXPECT_THAT(Left(), ElementsAre("/s/m on a"));
  targets_->Close("b");
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(TargetTest, ATargetThatIsOpenedAgainHasNewBreakers) {
  Fail(Find("a", "/s/m")->breaker(), 5);
  targets_->Close("a");
  EXPECT_EQ(Find("a", "/s/m")->breaker().TakeSnapshot().state, State::kClosed);
}

TEST_F(TargetTest, TheResultOfFindBreakerKeepsItsTarget) {
  std::shared_ptr<Breaker> breaker = registry_->FindBreaker("a", "/s/m");
  Fail(*breaker, 5);
  EXPECT_EQ(registry_->FindBreaker("a", "/s/m"), breaker);
  EXPECT_THAT(Names(), ElementsAre("/s/m on a"));
  breaker.reset();
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(TargetTest, TheTotalsGoIntoTheLastEventAndTheSums) {
  registry_->MeterCalls();
  GuardedMethod* const method = Find("a", "/s/m");
  const CallEnd ok = {Outcome::kSuccess, absl::StatusCode::kOk, {}, 1ms};
  Succeed(method, 7);
  method->binding()->observed.Ended(ok);
  Fail(method->breaker(), 5);
  EXPECT_FALSE(method->breaker().Acquire());
  clock_.Advance(2s);
  Succeed(Find("b", "/s/m"), 3);
  Find("b", "/s/m")->binding()->observed.Ended(ok);
  EXPECT_EQ(Sums().count, 0u);
  targets_->Close("a");
  targets_->Close("b");
  const RetiredBreakers sums = Sums();
  EXPECT_EQ(sums.count, 2u);
  EXPECT_EQ(sums.totals.successes, 7u + 3u);
  EXPECT_EQ(sums.totals.failures, 5u);
  EXPECT_EQ(sums.totals.rejected_in_all(), 1u);
  EXPECT_EQ(sums.open_time, 2s);
  ASSERT_TRUE(sums.calls);
  EXPECT_EQ(sums.calls->calls[static_cast<size_t>(Outcome::kSuccess)]
                             [static_cast<size_t>(absl::StatusCode::kOk)],
            2u);
  registry_->WaitForListeners();
  ASSERT_EQ(heard_.size(), 2u);
  ASSERT_NE(heard_[0].last, nullptr);
  EXPECT_EQ(heard_[0].last->state, State::kOpen);
  EXPECT_EQ(heard_[0].last->totals.successes, 7u);
  EXPECT_EQ(heard_[1].last->totals.successes, 3u);
}

TEST_F(TargetTest, WhatIsStillCountedIsToldBeforeABreakerLeaves) {
  uint64_t rejected = 0;
  bool left = false;
  const Subscription all = registry_->Subscribe([&](const Event& event) {
    left |= event.type == EventType::kRetired;
    if (event.type == EventType::kRejection) {
      EXPECT_FALSE(left);
      rejected += event.count;
    }
  });
  GuardedMethod* const method = Find("a", "/s/m");
  Fail(method->breaker(), 5);
  for (int i = 0; i < 32; ++i) {
    GuardedCall call(*method->binding());
    EXPECT_FALSE(call.Start(clock_.Now(), CallShape::kUnary));
  }
  targets_->Close("a");
  registry_->WaitForListeners();
  EXPECT_TRUE(left);
  EXPECT_EQ(rejected, 32u);
}

TEST_F(TargetTest, EachTargetHasLimitsOfItsOwn) {
  for (const char* target : {"a", "b"}) {
    for (const char* method : {"/s/1", "/s/2", "/s/3"}) Find(target, method);
    EXPECT_EQ(Find(target, "/s/4")->name().method, "other");
    EXPECT_EQ(Find(target, "/s/4")->name().target, target);
  }
  EXPECT_NE(Find("a", "/s/4"), Find("b", "/s/4"));
  EXPECT_EQ(registry_->overflow_calls(), 2u * 2 + 2);
}

TEST_F(TargetTest, AKeyBeyondTheLimitTakesThePlaceOfTheLeastRecentlyUsedOne) {
  for (const char* key : {"1", "2", "3"}) Succeed(Find("a", "/s/m", key));
  Find("a", "/s/m", "1");
  EXPECT_EQ(Find("a", "/s/m", "4")->breaker().name(), "/s/m [4]");
  EXPECT_THAT(Names(),
              ElementsAre("/s/m [1] on a", "/s/m [3] on a", "/s/m [4] on a"));
  EXPECT_THAT(Left(), ElementsAre("/s/m [2] on a"));
  EXPECT_EQ(Sums().totals.successes, 1u);
  Find("a", "/s/m", "2");
  EXPECT_THAT(Left(), ElementsAre("/s/m [3] on a"));
}

TEST_F(TargetTest, AKeyWithFailuresInItsWindowStays) {
  Policy policy;
  policy.failure_rate = FailureRate{0.5, 10};
  policy.consecutive_failures = 0;
  policy.window.duration = 10s;
  Begin(policy);
  for (const char* key : {"1", "2", "3"}) Find("a", "/s/m", key);
  Fail(Find("a", "/s/m", "1")->breaker(), 1);
  Find("a", "/s/m", "2");
  Find("a", "/s/m", "3");
  Find("a", "/s/m", "4");
  EXPECT_THAT(Left(), ElementsAre("/s/m [2] on a"));
  clock_.Advance(20s);
  Find("a", "/s/m", "5");
  EXPECT_THAT(Left(), ElementsAre("/s/m [1] on a"));
}

TEST_F(TargetTest, AKeyWithARunOfFailuresMakesRoomAfterTheOthers) {
  for (const char* key : {"1", "2", "3"}) Find("a", "/s/m", key);
  Fail(Find("a", "/s/m", "1")->breaker(), 1);
  for (const char* key : {"2", "3"}) {
    Fail(Find("a", "/s/m", key)->breaker(), 1);
    Succeed(Find("a", "/s/m", key));
  }
  Find("a", "/s/m", "4");
  EXPECT_THAT(Left(), ElementsAre("/s/m [2] on a"));
  Fail(Find("a", "/s/m", "3")->breaker(), 1);
  Fail(Find("a", "/s/m", "4")->breaker(), 1);
  Find("a", "/s/m", "5");
  EXPECT_THAT(Left(), ElementsAre("/s/m [1] on a"));
}

TEST_F(TargetTest, OpenUsedAndHeldKeysStayAndThenCallsOverflow) {
  std::vector<Event> overflows;
  Subscription all = registry_->Subscribe([&](const Event& event) {
    if (event.type == EventType::kOverflow) overflows.push_back(event);
  });
  Fail(Find("a", "/s/m", "open")->breaker(), 5);
  Find("a", "/s/m", "held")->breaker().SetOperatorMode(Mode::kDryRun);
  const OpenTarget target = registry_->Open("a");
  {
    const MethodUse used = target.Find("/s/m", "used");
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(Find("a", "/s/m", "new")->breaker().name(), "other");
    }
    EXPECT_EQ(registry_->overflow_calls(), 10u);
    EXPECT_TRUE(Find("a", "/s/m", "new")->breaker().Acquire());
    EXPECT_THAT(Left(), IsEmpty());
  }
  clock_.Advance(Target::kSearchPeriod);
  EXPECT_EQ(Find("a", "/s/m", "new")->breaker().name(), "/s/m [new]");
  EXPECT_THAT(Left(), ElementsAre("/s/m [used] on a"));
  all.Reset();
  ASSERT_FALSE(overflows.empty());
  EXPECT_EQ(overflows[0].breaker->method, "other");
  EXPECT_EQ(overflows[0].detail, "/s/m [new] on a");
  uint64_t told = 0;
  for (const Event& event : overflows) told += event.count;
  EXPECT_EQ(told, 11u);
}

TEST_F(TargetTest, ABreakerThatKeysOfAServiceShareLeavesWithTheLastOfThem) {
  Policy policy;
  policy.scope = Scope::kService;
  Begin(policy);
  Find("a", "/s/1", "red");
  Find("a", "/s/2", "red");
  Find("a", "/s/1", "blue");
  Fail(Find("a", "/s/1", "blue")->breaker(), 5);
  Find("a", "/s/3", "blue");  // takes the place of /s/1 [red]
  EXPECT_THAT(Left(), IsEmpty()) << "/s/2 [red] shares the breaker";
  Find("a", "/s/4", "blue");
  EXPECT_THAT(Left(), ElementsAre("s [red] on a"));
}

TEST_F(TargetTest, AnUpdateBindsAKeyToItsNewBreakerAndBothLeaveWithIt) {
  Find("a", "/s/m", "red");
  Config config;
  config.default_policy.scope = Scope::kService;
  ASSERT_TRUE(registry_->Update(config).ok());
  EXPECT_THAT(Names(), ElementsAre("s [red] on a"));
  for (const char* key : {"1", "2", "3"}) Find("a", "/s/m", key);
  EXPECT_THAT(Left(), ElementsAre("/s/m [red] on a", "s [red] on a"));
}

TEST_F(TargetTest, AHealthCheckHasNoBreakerForAnyKeyAndTakesNoPlace) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Find("a", "/grpc.health.v1.Health/Check", std::to_string(i)),
              nullptr);
  }
  for (const char* key : {"1", "2", "3"}) Find("a", "/s/m", key);
  EXPECT_THAT(Left(), IsEmpty());
}

// Calls of more keys than there are places, from several threads: each call
// meets the breaker of its key, or "other", and every call is counted.
TEST_F(TargetTest, KeysComeAndGoWhileCallsAreUnderWay) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 5000;
  Begin(Policy(), /*places=*/20);
  const OpenTarget target = registry_->Open("a");
  std::atomic<uint64_t> others{0};
  OnThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kCalls; ++i) {
      const std::string key = std::to_string((i * 7 + thread * 31) % 60);
      const MethodUse method = target.Find("/s/m", key);
      const Binding& binding = *method->binding();
      GuardedCall call(binding);
      ASSERT_TRUE(call.Start(clock_.Now(), CallShape::kUnary));
      if (method->name().method == "other") {
        ++others;
      } else {
        ASSERT_EQ(method->name().key, key);
        ASSERT_EQ(binding.observed.name().key, key);
      }
      call.End({Outcome::kSuccess, absl::StatusCode::kOk}, clock_.Now());
    }
  });
  RetiredBreakers sums;
  uint64_t calls = 0;
  const auto left = registry_->TakeSnapshot(clock_.Now(), &sums);
  for (const MethodSnapshot& breaker : left) {
    calls += breaker.breaker.totals.successes;
  }
  EXPECT_LE(left.size(), 20u + 1);
  EXPECT_GT(sums.count, 0u);
  EXPECT_EQ(calls + sums.totals.successes, uint64_t{kThreads * kCalls});
  EXPECT_EQ(registry_->overflow_calls(), others);
}

// Targets come and go while calls are under way and somebody takes snapshots:
// the sum over all breakers never goes down, and no call is lost.
TEST_F(TargetTest, TargetsComeAndGoWhileSnapshotsAreTaken) {
  constexpr int kThreads = 3;
  constexpr int kTargets = 1000;
  std::atomic<int> running{kThreads};
  OnThreads(kThreads + 1, [&](int thread) {
    if (thread == kThreads) {
      uint64_t last = 0;
      while (running > 0) {
        RetiredBreakers sums;
        uint64_t calls = 0;
        for (const auto& it : registry_->TakeSnapshot(clock_.Now(), &sums)) {
          calls += it.breaker.totals.successes;
        }
        ASSERT_GE(calls + sums.totals.successes, last);
        last = calls + sums.totals.successes;
      }
      return;
    }
    for (int i = 0; i < kTargets; ++i) {
      const OpenTarget target = registry_->Open(std::to_string(i % 10));
      const MethodUse method = target.Find("/s/m");
      GuardedCall call(*method->binding());
      ASSERT_TRUE(call.Start(clock_.Now(), CallShape::kUnary));
      call.End({Outcome::kSuccess, absl::StatusCode::kOk}, clock_.Now());
    }
    --running;
  });
  EXPECT_EQ(Sums().totals.successes, uint64_t{kThreads * kTargets});
  EXPECT_THAT(Names(), IsEmpty());
}

}  // namespace
}  // namespace fusebox::internal
