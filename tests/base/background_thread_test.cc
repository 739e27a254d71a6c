// background_thread_test.cc: when turns begin, and which calls wait for them.

#include "fusebox/base/internal/background_thread.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "fusebox/base/clock.h"
#include "tests/base/signal.h"
#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

// A thread that counts its turns.
class BackgroundThreadTest : public testing::Test {
 protected:
  int turns_ = 0;  // not atomic: Wait() orders the turn before the check
  BackgroundThread thread_{[this] {
    ++turns_;
    return std::nullopt;
  }};
};

TEST_F(BackgroundThreadTest, TakesATurnWhenItIsWoken) {
  EXPECT_TRUE(thread_.Start());
  EXPECT_TRUE(thread_.Start()) << "it runs already";
  thread_.Wait();
  EXPECT_EQ(turns_, 0);
  thread_.Wake();
  thread_.Wait();
  EXPECT_EQ(turns_, 1);
}

TEST_F(BackgroundThreadTest, RemembersAWakeFromBeforeItsStart) {
  thread_.Wake();
  thread_.Wait();  // returns at once: it does not run
  EXPECT_EQ(turns_, 0);
  thread_.Start();
  thread_.Wait();
  EXPECT_EQ(turns_, 1);
}

TEST_F(BackgroundThreadTest, TakesTurnsByItselfAfterTheWaitsItAsksFor) {
  Signal third;
  int turns = 0;
  BackgroundThread thread([&]() -> std::optional<Duration> {
    if (++turns < 3) return 1ms;
    third.Happen();
    return std::nullopt;
  });
  thread.Start(1ms);
  third.Wait();
  thread.Stop();
  EXPECT_EQ(turns, 3);
}

TEST_F(BackgroundThreadTest, WakesFromTheLongestWait) {
  int turns = 0;
  BackgroundThread thread([&] {
    ++turns;
    return Duration::max();
  });
  thread.Start(Duration::max());
  for (int i = 1; i <= 3; ++i) {
    thread.Wake();
    thread.Wait();
    EXPECT_EQ(turns, i);
  }
}

TEST_F(BackgroundThreadTest, AWakeDuringATurnCausesAnother) {
  Signal entered;
  Signal unblock;
  int turns = 0;
  BackgroundThread thread([&] {
    ++turns;
    entered.Happen();
    unblock.Wait();
    return std::nullopt;
  });
  thread.Start();
  thread.Wake();
  entered.Wait();
  thread.Wake();
  unblock.Happen();
  thread.Wait();
  EXPECT_EQ(turns, 2);
}

TEST_F(BackgroundThreadTest, StopFinishesTheTurnsThatWereAskedFor) {
  thread_.Start();
  thread_.Wake();
  thread_.Stop();
  EXPECT_EQ(turns_, 1);
  thread_.Stop();
  EXPECT_FALSE(thread_.Start());
  thread_.Wake();
  thread_.Wait();  // returns at once: it does not run any more
  EXPECT_EQ(turns_, 1);
}

TEST_F(BackgroundThreadTest, ItsDestructorTakesNoTurnWithoutAWake) {
  int turns = 0;
  {
    BackgroundThread thread([&] {
      ++turns;
      return std::nullopt;
    });
    thread.Start(1h);
  }
  EXPECT_EQ(turns, 0);
}

TEST_F(BackgroundThreadTest, ATurnMayWakeAndWait) {
  int turns = 0;
  std::unique_ptr<BackgroundThread> thread;
  thread = std::make_unique<BackgroundThread>([&] {
    if (++turns == 1) thread->Wake();
    thread->Wait();  // returns at once: it is the caller
    return std::nullopt;
  });
  thread->Start();
  thread->Wake();
  thread->Stop();
  EXPECT_EQ(turns, 2);
}

TEST_F(BackgroundThreadTest, ManyThreadsMayWakeAndWaitAtOnce) {
  std::atomic<int> turns{0};
  BackgroundThread thread([&] {
    ++turns;
    return std::nullopt;
  });
  OnThreads(8, [&](int) {
    EXPECT_TRUE(thread.Start());
    for (int j = 0; j < 50; ++j) {
      const int before = turns;
      thread.Wake();
      thread.Wait();
      EXPECT_GT(turns, before);
    }
  });
}

#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
void StartWithoutMemory() {
  rlimit limit;
  limit.rlim_cur = limit.rlim_max = 1 << 20;  // bytes: no stack fits
  setrlimit(RLIMIT_AS, &limit);
  BackgroundThread thread([] { return std::nullopt; });
  const bool started = thread.Start();
  thread.Wake();
  thread.Wait();
  _exit(started ? 1 : 0);
}

// Runs in a process of its own, because its limits cannot be lifted again.
TEST(BackgroundThreadDeathTest, StartFailsIfTheSystemHasNoThread) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(StartWithoutMemory(), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace fusebox::internal
