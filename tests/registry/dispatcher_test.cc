// dispatcher_test.cc: tests the thread that runs listeners on its own.

#include "fusebox/registry/internal/dispatcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "tests/base/signal.h"
#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

void Send(Dispatcher& dispatcher, uint64_t generation) {
  Event event;
  event.transition.generation = generation;
  dispatcher.Push(event);
  dispatcher.Flush();
}

TEST(DispatcherTest, WithoutAListenerStartsNothingAndWaitsForNothing) {
  Dispatcher dispatcher;
  Send(dispatcher, 1);
  dispatcher.WaitUntilIdle();
  EXPECT_EQ(dispatcher.dropped(), 0u);
  EXPECT_EQ(dispatcher.listener_errors(), 0u);
}

TEST(DispatcherTest, AFlushWithoutEventsIsHarmless) {
  Dispatcher dispatcher;
  int heard = 0;
  dispatcher.AddListener([&](const Event&) { ++heard; });
  dispatcher.Flush();
  dispatcher.WaitUntilIdle();
  EXPECT_EQ(heard, 0);
}

TEST(DispatcherTest, WaitsUntilTheListenerHasReturned) {
  Dispatcher dispatcher;
  Signal entered;
  Signal unblock;
  std::atomic<bool> over{false};
  dispatcher.AddListener([&](const Event&) {
    entered.Happen();
    unblock.Wait();
    over = true;
  });
  Send(dispatcher, 1);
  entered.Wait();
  EXPECT_FALSE(over);
  std::thread helper([&] { unblock.Happen(); });
  dispatcher.WaitUntilIdle();
  EXPECT_TRUE(over);
  helper.join();
}

TEST(DispatcherTest, ItsDestructorDeliversWhatIsQueued) {
  std::vector<uint64_t> heard;
  Signal entered;
  Signal unblock;
  auto dispatcher = std::make_unique<Dispatcher>();
  dispatcher->AddListener([&](const Event& t) {
    heard.push_back(t.transition.generation);
    entered.Happen();
    unblock.Wait();
  });
  for (uint64_t i = 1; i <= 3; ++i) Send(*dispatcher, i);
  entered.Wait();
  std::thread helper([&] { unblock.Happen(); });
  dispatcher.reset();
  EXPECT_EQ(heard, (std::vector<uint64_t>{1, 2, 3}));
  helper.join();
}

TEST(DispatcherTest, SendersOnManyThreadsLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kSends = 100;  // all of them fit into the queue
  static_assert(kThreads * kSends <= Dispatcher::kQueueCapacity);
  Dispatcher dispatcher;
  int heard = 0;
  dispatcher.AddListener([&](const Event&) { ++heard; });
  OnThreads(kThreads, [&](int) {
    for (int i = 0; i < kSends; ++i) Send(dispatcher, 1);
  });
  dispatcher.WaitUntilIdle();
  EXPECT_EQ(heard, kThreads * kSends);
  EXPECT_EQ(dispatcher.dropped(), 0u);
}

TEST(DispatcherTest, ManyMayWaitAtOnce) {
  constexpr int kThreads = 8;
  Dispatcher dispatcher;
  std::atomic<int> heard{0};
  dispatcher.AddListener([&](const Event&) { ++heard; });
  OnThreads(kThreads, [&](int) {
    for (int i = 0; i < 50; ++i) {
      const int before = heard;
      Send(dispatcher, 1);
      dispatcher.WaitUntilIdle();
      EXPECT_GT(heard, before) << "at least its own";
    }
  });
  EXPECT_EQ(heard, kThreads * 50);
}

}  // namespace
}  // namespace fusebox::internal
