// listeners_test.cc: listeners of a registry may be slow, throw, or call it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fusebox/registry/registry.h"
#include "tests/base/signal.h"
#include "tests/base/threads.h"
#include "tests/registry/manual_registry.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// The capacity of the dispatcher's queue.
constexpr uint64_t kCapacity = 1024;

class Listeners : public testing::Test, protected ManualRegistry {
 protected:
  Listeners() { Start(); }

  Breaker& breaker(const std::string& method = "/s/m") {
    return Find("t", method)->breaker();
  }

  // Makes one call, and returns whether it passed.
  bool Call(Outcome outcome) {
    Admission admission = breaker().Acquire();
    if (!admission) return false;
    EXPECT_TRUE(admission.permit.Settle({outcome}));
    return true;
  }

  // Until the test is over.
  void Subscribe(const std::function<void(const Transition&)>& listener) {
    subscriptions_.push_back(registry_->Subscribe([=](const Event& event) {
      if (event.type != EventType::kRetired) listener(event.transition);
    }));
  }

  std::vector<Subscription> subscriptions_;
};

TEST_F(Listeners, HearTransitionsInOrderOnAnotherThread) {
  std::vector<State> heard;
  std::thread::id thread;
  Subscribe([&](const Transition& t) {
    EXPECT_EQ(t.breaker, "/s/m");
    heard.push_back(t.to);
    thread = std::this_thread::get_id();
  });
  for (int i = 0; i < 5; ++i) Call(Outcome::kFailure);
  clock_.Advance(60s);
  Call(Outcome::kSuccess);
  registry_->WaitForListeners();
  EXPECT_THAT(heard,
              ElementsAre(State::kOpen, State::kHalfOpen, State::kClosed));
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(Listeners, AllHearEverythingOneCallAtATime) {
  int first = 0;  // no atomics: one thread calls both
  int second = 0;
  Subscribe([&](const Transition&) { ++first; });
  Subscribe([&](const Transition&) {
    ++second;
    EXPECT_EQ(first, second) << "in the order in which they were added";
  });
  for (int i = 0; i < 100; ++i) breaker().Reset();
  registry_->WaitForListeners();
  EXPECT_EQ(first, 100);
  EXPECT_EQ(second, 100);
}

TEST_F(Listeners, DoNotHearEarlierEvents) {
  breaker().Reset();
  std::vector<uint64_t> heard;
  Subscribe([&](const Transition& t) { heard.push_back(t.generation); });
  breaker().Reset();
  registry_->WaitForListeners();
  EXPECT_THAT(heard, ElementsAre(3u));
}

TEST_F(Listeners, ASlowOneNeverBlocksACall) {
  Signal entered;
  Signal unblock;
  std::atomic<int> heard{0};
  Subscribe([&](const Transition&) {
    if (heard++ == 0) {
      entered.Happen();
      unblock.Wait();
    }
  });
  breaker().Reset();
  entered.Wait();
  for (int i = 0; i < 100; ++i) {
    for (int failure = 0; failure < 5; ++failure) {
      EXPECT_TRUE(Call(Outcome::kFailure));
    }
    EXPECT_FALSE(Call(Outcome::kSuccess));
    clock_.Advance(60s);
    EXPECT_TRUE(Call(Outcome::kSuccess));
  }
  EXPECT_EQ(registry_->TakeSnapshot().size(), 1u);
  EXPECT_EQ(heard, 1);
  unblock.Happen();
  registry_->WaitForListeners();
  EXPECT_EQ(heard, 301);
  EXPECT_EQ(registry_->dropped_events(), 0u);
}

TEST_F(Listeners, ASlowOneLosesTheOldestEventsAndTheyAreCounted) {
  constexpr uint64_t kTooMany = 10;
  Signal entered;
  Signal unblock;
  std::vector<uint64_t> heard;
  Subscribe([&](const Transition& t) {
    heard.push_back(t.generation);
    if (heard.size() > 1) return;
    entered.Happen();
    unblock.Wait();
  });
  breaker().Reset();
  entered.Wait();
  for (uint64_t i = 0; i < kCapacity + kTooMany; ++i) breaker().Reset();
  unblock.Happen();
  registry_->WaitForListeners();
  EXPECT_EQ(registry_->dropped_events(), kTooMany);
  ASSERT_EQ(heard.size(), 1 + kCapacity);
  EXPECT_EQ(heard[0], 2u);
  EXPECT_EQ(heard[1], 3 + kTooMany);
  EXPECT_EQ(heard.back(), 2 + kCapacity + kTooMany);
}

TEST_F(Listeners, AnExceptionIsCountedAndTheOthersHearAll) {
  int heard = 0;
  Subscribe([](const Transition&) { throw std::runtime_error("listener"); });
  Subscribe([&](const Transition&) { ++heard; });
  for (int i = 0; i < 3; ++i) breaker().Reset();
  registry_->WaitForListeners();
  EXPECT_EQ(heard, 3);
  EXPECT_EQ(registry_->listener_errors(), 3u);
}

TEST_F(Listeners, MayCallTheRegistryAndItsBreakers) {
  std::vector<State> heard;
  Subscribe([&](const Transition& t) {
    heard.push_back(t.to);
    Find("t", "/s/new");
    EXPECT_FALSE(registry_->TakeSnapshot().empty());
    registry_->WaitForListeners();  // on this thread: returns at once
    if (t.to == State::kOpen) breaker().Reset();
  });
  for (int i = 0; i < 5; ++i) Call(Outcome::kFailure);
  registry_->WaitForListeners();
  registry_->WaitForListeners();  // for what the listener did
  EXPECT_THAT(heard, ElementsAre(State::kOpen, State::kClosed));
  EXPECT_EQ(registry_->TakeSnapshot().size(), 2u);
}

TEST_F(Listeners, HaveHeardEverythingWhenTheRegistryIsGone) {
  int heard = 0;
  std::string last_name;
  Subscribe([&](const Transition& t) {
    ++heard;
    last_name = t.breaker;
  });
  for (int i = 0; i < 500; ++i) breaker().Reset();
  Stop();
  EXPECT_EQ(heard, 500);
  EXPECT_EQ(last_name, "/s/m");
}

TEST_F(Listeners, HearTheEventsOfEachBreakerInOrder) {
  constexpr int kThreads = 4;
  constexpr uint64_t kResets = 200;
  std::vector<uint64_t> last(kThreads, 1);
  Subscribe([&](const Transition& t) {
    uint64_t& generation = last[std::stoul(t.breaker)];
    EXPECT_EQ(t.generation, generation + 1);
    generation = t.generation;
  });
  OnThreads(kThreads, [&](int thread) {
    for (uint64_t i = 0; i < kResets; ++i) {
      breaker(std::to_string(thread)).Reset();
    }
  });
  registry_->WaitForListeners();
  EXPECT_EQ(last, std::vector<uint64_t>(kThreads, 1 + kResets));
}

TEST_F(Listeners, NothingIsQueuedWithoutThem) {
  for (uint64_t i = 0; i < 2 * kCapacity; ++i) breaker().Reset();
  registry_->WaitForListeners();
  EXPECT_EQ(registry_->dropped_events(), 0u);
}

}  // namespace
}  // namespace fusebox::internal
