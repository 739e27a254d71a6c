// transitions_test.cc: what a listener receives, in which order, and that it
// cannot harm the breaker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/core/breaker.h"
#include "fusebox/core/transition.h"
#include "tests/core/script.h"

namespace fusebox {
namespace {

using namespace std::chrono_literals;
using Transitions = Script;

TEST_F(Transitions, AnOpeningReportsAllItsNumbers) {
  Run(5, {Outcome::kFailure, 20ms, 90s});
  ASSERT_EQ(told_.size(), 1u);
  const Transition& t = told_[0];
  EXPECT_EQ(t.breaker, "b");
  EXPECT_EQ(t.from, State::kClosed);
  EXPECT_EQ(t.to, State::kOpen);
  EXPECT_EQ(t.cause.reason, TransitionReason::kConsecutiveFailures);
  EXPECT_EQ(t.cause.failures, 5u);
  EXPECT_EQ(t.cause.last_duration, 20ms);
  EXPECT_EQ(t.mode, Mode::kEnforce);
  EXPECT_EQ(t.generation, 2u);
  EXPECT_EQ(t.at, Now());
  EXPECT_EQ(t.open_duration, 90s);
  EXPECT_EQ(t.openings, 1u);
}

TEST_F(Transitions, HalfOpenAndClosedReportAllTheirNumbers) {
  Fail(5);
  Advance(61s);
  const TimePoint half_opened = Now();
  Permit probe = Admit();
  Advance(2s);
  End(std::move(probe), {Outcome::kSuccess, 2s});
  ASSERT_EQ(told_.size(), 3u);
  EXPECT_EQ(told_[1].at, half_opened);
  EXPECT_EQ(told_[1].generation, 3u);
  EXPECT_EQ(told_[2].at, half_opened + 2s);
  EXPECT_EQ(told_[2].generation, 4u);
  for (const size_t i : {1u, 2u}) {
    EXPECT_EQ(told_[i].open_duration, 0s);
    EXPECT_EQ(told_[i].openings, 0u);
    EXPECT_EQ(told_[i].cause.failures, 0u);
  }
}

TEST_F(Transitions, AFailedProbeReportsAllItsNumbers) {
  OpenAndWait();
  Run(1, {Outcome::kFailure, 3s});
  EXPECT_EQ(told_.back().cause.failures, 1u);
  EXPECT_EQ(told_.back().cause.last_duration, 3s);
  EXPECT_EQ(told_.back().open_duration, 60s);
  EXPECT_EQ(told_.back().openings, 2u);
}

TEST_F(Transitions, ArriveInOrderWithoutAGapInTheGenerations) {
  for (int i = 0; i < 50; ++i) {
    Fail(5);
    Advance(60s);
    Fail();
    Advance(60s);
    Succeed();
  }
  ASSERT_EQ(told_.size(), 250u);
  for (size_t i = 1; i < told_.size(); ++i) {
    EXPECT_EQ(told_[i].generation, told_[i - 1].generation + 1);
    EXPECT_EQ(told_[i].from, told_[i - 1].to);
    EXPECT_GE(told_[i].at, told_[i - 1].at);
  }
}

class Listener : public testing::Test {
 protected:
  std::unique_ptr<Breaker> Make(TransitionSink* sink,
                                const std::string& name = "b") {
    Breaker::Options options;
    options.sink = sink;
    options.clock = &clock_;
    return Breaker::Create(name, Settings(), options);
  }
  static void Fail(Breaker& breaker, int calls) {
    for (int i = 0; i < calls; ++i) {
      Admission admission = breaker.Acquire();
      ASSERT_TRUE(admission);
      EXPECT_TRUE(admission.permit.Settle({Outcome::kFailure}));
    }
  }

  ManualClock clock_;
};

TEST_F(Listener, IsCalledBeforeTheCallThatCausedTheTransitionReturns) {
  int heard = 0;
  InlineDelivery sink([&](const Transition&) { ++heard; });
  const auto breaker = Make(&sink);
  breaker->Reset();
  EXPECT_EQ(heard, 1);
}

TEST_F(Listener, MayCallBackIntoTheBreaker) {
  std::vector<State> heard;
  std::unique_ptr<Breaker> breaker;
  InlineDelivery sink([&](const Transition& t) {
    heard.push_back(t.to);
    EXPECT_EQ(breaker->TakeSnapshot().state, t.to);
    if (t.to != State::kOpen) return;
    EXPECT_FALSE(breaker->Acquire());
    breaker->Reset();
    EXPECT_EQ(heard.size(), 1u) << "the reset is delivered after this call";
  });
  breaker = Make(&sink);
  Fail(*breaker, 5);
  EXPECT_THAT(heard, testing::ElementsAre(State::kOpen, State::kClosed));
}

TEST_F(Listener, MayThrow) {
  int heard = 0;
  InlineDelivery sink([&](const Transition&) {
    ++heard;
    throw std::runtime_error("listener");
  });
  const auto breaker = Make(&sink);
  breaker->Reset();
  Fail(*breaker, 5);
  EXPECT_EQ(breaker->TakeSnapshot().state, State::kOpen);
  EXPECT_EQ(heard, 2);
  EXPECT_EQ(sink.listener_errors(), 2u);
}

TEST_F(Listener, LosesTheOldestTransitionsIfItFallsBehindAndTheyAreCounted) {
  constexpr int kCapacity = 4;
  constexpr int kResets = 10;
  std::vector<uint64_t> heard;
  std::unique_ptr<Breaker> breaker;
  InlineDelivery sink(
      [&](const Transition& t) {
        heard.push_back(t.generation);
        if (heard.size() > 1) return;
        for (int i = 0; i < kResets; ++i) breaker->Reset();
      },
      kCapacity);
  breaker = Make(&sink);
  breaker->Reset();
  EXPECT_THAT(heard, testing::ElementsAre(2u, 9u, 10u, 11u, 12u));
  EXPECT_EQ(sink.dropped(), static_cast<uint64_t>(kResets - kCapacity));
}

TEST_F(Listener, IsOptional) {
  const auto breaker = Make(nullptr);
  Fail(*breaker, 5);
  breaker->SetOperatorMode(Mode::kForcedOpen);
  breaker->Reset();
  EXPECT_EQ(breaker->TakeSnapshot().state, State::kClosed);
}

TEST_F(Listener, LearnsWhichOfTwoBreakersHasChanged) {
  std::vector<std::string> heard;
  InlineDelivery sink(
      [&](const Transition& t) { heard.emplace_back(t.breaker); });
  const auto first = Make(&sink, "first");
  const auto second = Make(&sink, "second");
  first->Reset();
  second->Reset();
  EXPECT_THAT(heard, testing::ElementsAre("first", "second"));
}

}  // namespace
}  // namespace fusebox
