// events_test.cc: which events listeners hear, how often, and until when.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/internal/binding.h"
#include "fusebox/registry/registry.h"
#include "tests/base/signal.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kMethod[] = "/s/m";

class Events : public testing::Test, protected ManualRegistry {
 protected:
  Events() {
    Start();
    listener_ = registry_->Subscribe(
        [this](const Event& event) { heard_.push_back(event); });
  }

  GuardedMethod& method() { return *Find("t", kMethod); }
  Breaker& breaker() { return method().breaker(); }
  ObservedBreaker& observed() { return method().binding()->observed; }

  const std::vector<Event>& heard() {
    registry_->WaitForListeners();
    return heard_;
  }
  std::vector<std::string> types() {
    std::vector<std::string> types;
    for (const Event& event : heard()) types.emplace_back(Name(event.type));
    return types;
  }

  // Resets the breaker, and waits until every listener has heard of it.
  void ResetAndWait() {
    breaker().Reset();
    registry_->WaitForListeners();
  }

  void Fail(const CallEnd& end) {
    Admission admission = breaker().Acquire();
    ASSERT_TRUE(admission);
    admission.permit.Settle(
        {Outcome::kFailure, end.duration, Duration(0), &end}, clock_.Now());
  }
  void Reject(int times = 1) {
    for (int i = 0; i < times; ++i) {
      observed().Rejected({RejectionReason::kOpen, State::kOpen, 5s, {}},
                          /*enforced=*/true, clock_.Now());
    }
  }
  void ReportEachKind(int times) {
    const CallEnd end = {Outcome::kFailure, absl::StatusCode::kInternal, "x",
                         1s};
    for (int i = 0; i < times; ++i) {
      Reject();
      observed().Rejected({}, /*enforced=*/false, clock_.Now());
      observed().ProbeBegan(clock_.Now());
      observed().ProbeEnded(end, clock_.Now());
      observed().StreamBroke(end, clock_.Now());
      observed().FellBack(clock_.Now());
    }
  }

  std::vector<Event> heard_;  // outlives what adds to it
  Subscription listener_;
};

TEST_F(Events, ATransitionSaysWhichCallCausedIt) {
  for (int i = 1; i <= 5; ++i) {
    Fail({Outcome::kFailure, absl::StatusCode::kUnavailable,
          "refused " + std::to_string(i), i * 1ms});
  }
  ASSERT_THAT(heard(), SizeIs(1));
  const Event& event = heard()[0];
  EXPECT_EQ(event.sequence, 1u);
  EXPECT_EQ(event.type, EventType::kTransition);
  EXPECT_EQ(event.at, clock_.Now());
  EXPECT_EQ(*event.breaker, (BreakerName{"t", kMethod, ""}));
  EXPECT_EQ(event.transition.to, State::kOpen);
  EXPECT_EQ(event.transition.cause.failures, 5u);
  EXPECT_EQ(event.transition.open_duration, 60s);
  EXPECT_EQ(event.code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(event.detail, "refused 5");
  EXPECT_EQ(event.duration, 5ms);
}

TEST_F(Events, WhatAnOperatorDoesHasNoCall) {
  breaker().Reset();
  ASSERT_THAT(heard(), SizeIs(1));
  EXPECT_EQ(heard()[0].code, std::nullopt);
  EXPECT_THAT(heard()[0].detail, IsEmpty());
}

TEST_F(Events, AChangeOfModeIsNoReset) {
  breaker().SetOperatorMode(Mode::kForcedOpen);
  breaker().Reset();
  breaker().SetOperatorMode(std::nullopt);
  breaker().SetOperatorMode(std::nullopt);  // no change
  EXPECT_THAT(types(), ElementsAre("MODE", "TRANSITION", "MODE"));
  EXPECT_EQ(heard()[0].transition.mode, Mode::kForcedOpen);
}

TEST_F(Events, HaveTheWallClocksTime) {
  const TimePoint then = clock_.Now();
  clock_.Advance(60s);
  const auto noon = std::chrono::system_clock::time_point(12h);
  clock_.SetWall(noon);
  observed().ProbeBegan(then);
  ASSERT_THAT(heard(), SizeIs(1));
  EXPECT_EQ(heard()[0].at, then);
  EXPECT_EQ(heard()[0].wall, noon - 60s);
}

TEST_F(Events, AnUpdateIsReported) {
  EXPECT_TRUE(registry_->Update(Config()).ok());
  ASSERT_THAT(types(), ElementsAre("CONFIG_UPDATED"));
  EXPECT_EQ(heard()[0].config_generation, 2u);
  EXPECT_EQ(heard()[0].breaker, nullptr);
  EXPECT_EQ(registry_->config_errors(), 0u);
}

TEST_F(Events, ARefusedConfigIsReportedWithItsProblems) {
  Config bad;
  bad.default_policy.open_duration = Duration(0);
  EXPECT_FALSE(registry_->Update(bad).ok());
  registry_->ReportConfigError(absl::NotFoundError("no such file"));
  EXPECT_THAT(heard(),
              ElementsAre(AllOf(Field(&Event::type, EventType::kConfigRefused),
                                Field(&Event::detail, HasSubstr("open"))),
                          AllOf(Field(&Event::type, EventType::kConfigRefused),
                                Field(&Event::detail, "no such file"))));
  EXPECT_EQ(heard()[0].config_generation, 1u);
  EXPECT_EQ(registry_->config_errors(), 2u);
}

TEST_F(Events, AnUpdateOfAnotherGenerationIsAbortedAndNotReported) {
  const absl::Status stale = registry_->Update(Config(), 7);
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(std::string(stale.message()),
              AllOf(HasSubstr("generation"), HasSubstr("1"), HasSubstr("7")));
  EXPECT_TRUE(registry_->Update(Config(), 1).ok());
  EXPECT_THAT(types(), ElementsAre("CONFIG_UPDATED"));
}

TEST_F(Events, RejectionsAreSampledTenTimesPerSecondAndCounted) {
  constexpr int kMilliseconds = 1000;
  constexpr int kEach = 1000;
  for (int i = 0; i < kMilliseconds; ++i) {
    Reject(kEach);
    clock_.Advance(1ms);
  }
  Reject();
  ASSERT_THAT(heard(), SizeIs(11));
  uint64_t sum = 0;
  for (const Event& event : heard()) {
    EXPECT_EQ(event.type, EventType::kRejection);
    EXPECT_EQ(event.reason, RejectionReason::kOpen);
    EXPECT_EQ(event.state, State::kOpen);
    EXPECT_EQ(event.retry_after, Duration(5s));
    EXPECT_TRUE(event.enforced);
    sum += event.count;
  }
  EXPECT_EQ(heard()[0].count, 1u);
  EXPECT_EQ(sum, uint64_t{kMilliseconds} * kEach + 1);
}

TEST_F(Events, TheFirstAfterAQuietTimeIsReportedAtOnce) {
  Reject(3);
  clock_.Advance(ObservedBreaker::kEventPeriod - 1ns);
  Reject();
  EXPECT_THAT(heard(), SizeIs(1));
  clock_.Advance(1ns);
  Reject();
  ASSERT_THAT(heard(), SizeIs(2));
  EXPECT_EQ(heard()[1].count, 4u);
}

TEST_F(Events, EachKindIsSampledSeparately) {
  ReportEachKind(3);
  EXPECT_THAT(types(), ElementsAre("REJECTION", "REJECTION", "PROBE", "PROBE",
                                   "BROKEN_STREAM", "FALLBACK"));
  EXPECT_FALSE(heard()[1].enforced);
  EXPECT_EQ(heard()[2].outcome, std::nullopt);
  EXPECT_EQ(heard()[3].outcome, Outcome::kFailure);
  EXPECT_EQ(heard()[3].code, absl::StatusCode::kInternal);
  EXPECT_EQ(heard()[4].duration, Duration(1s));
}

TEST_F(Events, ALongDetailIsCutBetweenCharacters) {
  std::string text;
  while (text.size() <= Event::kMaxDetail) text += "\xC3\xA4";
  const CallEnd end = {Outcome::kFailure, absl::StatusCode::kInternal, text};
  observed().StreamBroke(end, clock_.Now());
  ASSERT_THAT(heard(), SizeIs(1));
  const std::string& detail = heard()[0].detail;
  EXPECT_LE(detail.size(), Event::kMaxDetail);
  EXPECT_EQ(detail.substr(detail.size() - 3), "...");
  EXPECT_EQ((detail.size() - 3) % 2, 0u);
}

TEST_F(Events, OfCallsDoNotCrowdOutTransitions) {
  Signal unblock;
  Signal entered;
  const auto slow = registry_->Subscribe([&](const Event& event) {
    if (event.sequence == 1) {
      entered.Happen();
      unblock.Wait();
    }
  });
  breaker().Reset();
  entered.Wait();
  for (int i = 0; i < 2000; ++i) {
    Reject();
    clock_.Advance(ObservedBreaker::kEventPeriod);
  }
  for (int i = 0; i < 500; ++i) breaker().Reset();
  unblock.Happen();
  registry_->WaitForListeners();
  breaker().Reset();  // reports what there was no room for
  int transitions = 0;
  uint64_t rejections = 0;
  for (const Event& event : heard()) {
    if (event.type == EventType::kTransition) {
      ++transitions;
    } else {
      rejections += event.count;
    }
  }
  EXPECT_EQ(transitions, 502);
  EXPECT_EQ(rejections, 2000u);
  EXPECT_EQ(registry_->dropped_events(), 0u);
}

TEST_F(Events, TheRestOfABurstIsReportedBeforeTheNextTransition) {
  Reject(33);
  breaker().Reset();
  EXPECT_THAT(types(), ElementsAre("REJECTION", "REJECTION", "TRANSITION"));
  EXPECT_EQ(heard()[0].count, 1u);
  EXPECT_EQ(heard()[1].count, 32u);
  EXPECT_EQ(heard()[1].reason, RejectionReason::kOpen);
  EXPECT_EQ(heard()[1].state, State::kOpen);
}

TEST_F(Events, TheRestOfABurstIsReportedWithoutAnotherCall) {
  Signal told;
  const auto subscription = registry_->Subscribe([&](const Event& event) {
    if (event.count == 32) told.Happen();
  });
  Reject(33);
  clock_.Advance(2 * ObservedBreaker::kEventPeriod);
  told.Wait();
}

TEST_F(Events, TheRestOfABurstIsReportedWhenAListenerLeaves) {
  ReportEachKind(3);
  listener_.Reset();
  ASSERT_THAT(heard_, SizeIs(12));
  for (size_t i = 0; i < 6; ++i) {
    const Event& first = heard_[i];
    const Event& rest = heard_[i + 6];
    EXPECT_EQ(rest.type, first.type);
    EXPECT_EQ(rest.enforced, first.enforced);
    EXPECT_EQ(rest.outcome, first.outcome);
    EXPECT_EQ(rest.code, first.code);
    EXPECT_EQ(rest.count, 2u);
    EXPECT_EQ(*rest.breaker, *first.breaker);
  }
}

TEST_F(Events, AreNotMadeIfNobodyWantsThem) {
  listener_.Reset();
  int transitions = 0;
  const auto without_calls = registry_->Subscribe(
      [&](const Event& event) {
        EXPECT_FALSE(IsOfCalls(event.type));
        transitions += event.type == EventType::kTransition;
      },
      EventFilter::kWithoutCalls);
  Reject(5);
  breaker().Reset();
  EXPECT_TRUE(registry_->Update(Config()).ok());
  registry_->WaitForListeners();
  EXPECT_EQ(transitions, 1);
  EXPECT_THAT(heard(), IsEmpty());
  listener_ =
      registry_->Subscribe([this](const Event& e) { heard_.push_back(e); });
  Reject();
  ASSERT_THAT(heard(), SizeIs(1));
  EXPECT_EQ(heard()[0].count, 1u) << "of those before nothing is known";
  EXPECT_EQ(heard()[0].sequence, 3u) << "the transition, the update, this";
}

TEST_F(Events, ResetWaitsForTheListenerWhichHearsNoMore) {
  Signal entered;
  Signal unblock;
  std::atomic<int> heard{0};
  std::atomic<bool> over{false};
  Subscription slow = registry_->Subscribe([&](const Event&) {
    ++heard;
    entered.Happen();
    unblock.Wait();
    over = true;
  });
  breaker().Reset();
  entered.Wait();
  std::thread helper([&] { unblock.Happen(); });
  slow.Reset();
  EXPECT_TRUE(over);
  helper.join();
  ResetAndWait();
  EXPECT_EQ(heard, 1);
  slow.Reset();  // the second time, it does nothing
}

TEST_F(Events, AListenerMayEndItsSubscription) {
  int heard = 0;
  Subscription self;
  self = registry_->Subscribe([&](const Event&) {
    ++heard;
    self.Reset();
  });
  ResetAndWait();
  ResetAndWait();
  EXPECT_EQ(heard, 1);
}

TEST_F(Events, ASubscriptionEndsWithItsScope) {
  int heard = 0;
  {
    const Subscription listener =
        registry_->Subscribe([&](const Event&) { ++heard; });
    ResetAndWait();
  }
  ResetAndWait();
  EXPECT_EQ(heard, 1);
}

TEST_F(Events, ASubscriptionCanBeMoved) {
  int first = 0;
  int second = 0;
  Subscription from = registry_->Subscribe([&](const Event&) { ++first; });
  Subscription to = registry_->Subscribe([&](const Event&) { ++second; });
  to = std::move(from);  // ends the second
  from.Reset();          // belongs to no listener
  ResetAndWait();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 0);
  Subscription().Reset();
}

TEST_F(Events, ACopyOutlivesTheRegistry) {
  Fail({Outcome::kFailure, absl::StatusCode::kUnavailable, "refused", 3ms});
  breaker().Reset();
  const std::vector<Event> copies = heard();
  Stop();
  ASSERT_THAT(copies, SizeIs(1));
  EXPECT_EQ(copies[0].transition.breaker, kMethod);
  EXPECT_EQ(copies[0].breaker->method, kMethod);
}

TEST_F(Events, ASubscriptionMayOutliveItsRegistry) {
  int heard = 0;
  Subscription late = registry_->Subscribe([&](const Event&) { ++heard; });
  breaker().Reset();
  Stop();
  EXPECT_EQ(heard, 2) << "the reset, and that the breaker has left";
  late.Reset();
}

TEST_F(Events, AListenerMayEndItsSubscriptionWhileTheRegistryIsDestroyed) {
  Signal entered;
  Signal unblock;
  Subscription self;
  int heard = 0;
  self = registry_->Subscribe([&](const Event&) {
    if (++heard > 1) return;
    entered.Happen();
    unblock.Wait();
    self.Reset();
  });
  for (int i = 0; i < 3; ++i) breaker().Reset();
  entered.Wait();
  std::thread destroys([&] { Stop(); });
  unblock.Happen();
  destroys.join();
  EXPECT_GE(heard, 1);
}

// Ends subscriptions on one thread while another destroys the registry.
TEST_F(Events, SubscriptionsMayEndWhileTheRegistryIsDestroyed) {
  for (int i = 0; i < 50; ++i) {
    std::atomic<int> heard{0};
    auto registry = Registry::Create();
    std::vector<Subscription> all;
    for (int j = 0; j < 4; ++j) {
      all.push_back(registry->Subscribe([&](const Event&) { ++heard; }));
    }
    registry->FindBreaker("t", kMethod)->Reset();
    std::thread destroys([&] { registry.reset(); });
    all.clear();
    destroys.join();
    EXPECT_LE(heard, 2 * 4);
  }
}

TEST_F(Events, EachTypeHasANameOfItsOwn) {
  std::vector<std::string> names;
  for (int i = 0; i < kEventTypeCount; ++i) {
    names.emplace_back(Name(static_cast<EventType>(i)));
  }
  EXPECT_THAT(names, ElementsAre("TRANSITION", "MODE", "REJECTION", "PROBE",
                                 "BROKEN_STREAM", "FALLBACK", "CONFIG_UPDATED",
                                 "CONFIG_REFUSED", "RETIRED", "OVERFLOW"));
}

}  // namespace
}  // namespace fusebox::internal
