// event_log_test.cc: which events of a breaker are kept, and how many.

#include "fusebox/log/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusebox/registry/event.h"
#include "tests/registry/observe_test.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

class EventLogTest : public ObserveTest {
 protected:
  std::vector<Event> Read(const EventLog& log,
                          const EventLog::Query& query = {}) {
    registry_->WaitForListeners();
    return log.Read(query);
  }
  static std::vector<std::string> Types(const std::vector<Event>& events) {
    std::vector<std::string> types;
    for (const Event& event : events) types.emplace_back(Name(event.type));
    return types;
  }
  void SetModes(int times, const std::string& method = kMethod) {
    for (int i = 0; i < times; ++i) {
      Method(method).breaker().SetOperatorMode(
          i % 2 == 0 ? std::optional(Mode::kDryRun) : std::nullopt);
      registry_->WaitForListeners();  // none is dropped
    }
  }
  void RejectOften(int times, const std::string& method = kMethod) {
    for (int i = 0; i < times; ++i) {
      clock_.Advance(100ms);
      Reject(method);
      registry_->WaitForListeners();
    }
  }
};

TEST_F(EventLogTest, DoesNotKeepEarlierEvents) {
  Open();
  registry_->WaitForListeners();
  const EventLog log(registry_);
  EXPECT_THAT(Read(log), IsEmpty());
}

TEST_F(EventLogTest, KeepsEventsOfAllBreakersInOrder) {
  const EventLog log(registry_);
  Open("/s/a");
  Open("/s/b");
  Method("/s/a").breaker().Reset();
  EXPECT_TRUE(registry_->Update(Config()).ok());
  const std::vector<Event> events = Read(log);
  EXPECT_THAT(Types(events), ElementsAre("TRANSITION", "TRANSITION",
                                         "TRANSITION", "CONFIG_UPDATED"));
  EXPECT_TRUE(std::is_sorted(
      events.begin(), events.end(),
      [](const Event& a, const Event& b) { return a.sequence < b.sequence; }));
  EXPECT_EQ(events[1].breaker->method, "/s/b");
  EXPECT_EQ(events[1].transition.breaker, "/s/b");
}

TEST_F(EventLogTest, AStormOfRejectionsDoesNotHideHowItBegan) {
  const EventLog log(registry_);
  Open();
  RejectOften(100);
  const std::vector<Event> events = Read(log);
  ASSERT_THAT(events, SizeIs(33));
  EXPECT_EQ(events.front().type, EventType::kTransition);
  EXPECT_EQ(events.back().sequence, 101u);
}

TEST_F(EventLogTest, ABusyBreakerDoesNotCrowdOutAnother) {
  const EventLog log(registry_);
  Open("/s/quiet");
  SetModes(100, "/s/busy");
  EXPECT_EQ(Read(log).front().breaker->method, "/s/quiet");
}

TEST_F(EventLogTest, KeepsALimitedNumberOfEventsOfBreakersThatHaveLeft) {
  EventLog::Options options;
  options.retired = 3;
  const EventLog log(registry_, options);
  Open("/s/a");
  RejectOften(3, "/s/a");
  targets_->Close("shop:443");
  EXPECT_THAT(Types(Read(log)), ElementsAre("TRANSITION", "RETIRED"));
  Open("/s/b");
  EXPECT_THAT(Types(Read(log)),
              ElementsAre("TRANSITION", "RETIRED", "TRANSITION"));
  targets_->Close("shop:443");
  const std::vector<Event> events = Read(log);
  EXPECT_THAT(Types(events), ElementsAre("RETIRED", "TRANSITION", "RETIRED"));
  EXPECT_EQ(events[0].breaker->method, "/s/a");
  EXPECT_EQ(events[2].last->state, State::kOpen);
}

TEST_F(EventLogTest, KeepsTheNewestOfEachKind) {
  EventLog::Options options;
  options.changes = 2;
  options.calls = 1;
  options.configs = 1;
  const EventLog log(registry_, options);
  SetModes(5);
  RejectOften(3);
  EXPECT_TRUE(registry_->Update(Config()).ok());
  registry_->ReportConfigError(absl::NotFoundError("none"));
  const std::vector<Event> events = Read(log);
  EXPECT_THAT(Types(events),
              ElementsAre("MODE", "MODE", "REJECTION", "CONFIG_REFUSED"));
  EXPECT_EQ(events[0].sequence, 4u);
  EXPECT_EQ(events[2].sequence, 8u);
}

TEST_F(EventLogTest, KeepsNothingWithoutRoom) {
  EventLog::Options options;
  options.changes = 0;
  options.calls = 0;
  options.configs = 0;
  const EventLog log(registry_, options);
  SetModes(2);
  RejectOften(2);
  EXPECT_TRUE(registry_->Update(Config()).ok());
  EXPECT_THAT(Read(log), IsEmpty());
}

TEST_F(EventLogTest, ReturnsOnlyWhatTheQuerySelects) {
  const EventLog log(registry_);
  SetModes(4, "/s/a");
  SetModes(4, "/s/b");
  EventLog::Query query;
  query.after_sequence = 2;
  query.limit = 3;
  query.wanted = [](const Event& e) { return e.breaker->method == "/s/a"; };
  const auto numbered = [](uint64_t sequence) {
    return Field(&Event::sequence, sequence);
  };
  EXPECT_THAT(Read(log, query), ElementsAre(numbered(3), numbered(4)));
  query.wanted = nullptr;
  EXPECT_THAT(Read(log, query),
              ElementsAre(numbered(6), numbered(7), numbered(8)));
}

TEST_F(EventLogTest, AQueryMayReadTheLog) {
  const EventLog log(registry_);
  SetModes(2);
  EventLog::Query query;
  size_t inner = 0;
  query.wanted = [&](const Event&) {
    inner += log.Read().size();  // would wait for a lock that it holds
    return true;
  };
  EXPECT_THAT(Read(log, query), SizeIs(2));
  EXPECT_EQ(inner, 4u);
}

TEST_F(EventLogTest, WhatWasReadOutlivesEverything) {
  std::vector<Event> events;
  {
    const EventLog log(registry_);
    Open();
    events = Read(log);
  }
  registry_.reset();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].breaker->method, kMethod);
}

}  // namespace
}  // namespace fusebox::internal
