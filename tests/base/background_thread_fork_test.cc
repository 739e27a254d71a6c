// background_thread_fork_test.cc: a child process that has the object and not
// the thread.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

// Runs `child` in a fork of this process. Returns its result, or -1 if it was
// killed because it took a minute.
template <typename F>
int InAFork(F child) {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(60);
    _exit(child());
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(BackgroundThreadForkTest, AChildCanWakeWaitForAndStopTheThread) {
  std::atomic<int> turns{0};
  auto thread = std::make_unique<BackgroundThread>([&] {
    ++turns;
    return Duration::max();
  });
  thread->Start();
  thread->Wake();
  thread->Wait();
  EXPECT_EQ(InAFork([&] {
              thread->Wait();  // returns at once: it does not run
              if (turns != 1) return 1;
              thread->Wake();
              thread->Wait();
              if (turns != 2) return 2;
              thread = nullptr;
              return 0;
            }),
            0);
  thread->Wake();
  thread->Wait();
  EXPECT_EQ(turns, 2) << "the parent's thread goes on";
}

TEST(BackgroundThreadForkTest, AChildThatNeverWakesTheThreadCanDestroyIt) {
  auto thread = std::make_unique<BackgroundThread>([] { return 1ms; });
  thread->Start(1ms);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(InAFork([&] {
                thread = nullptr;
                return 0;
              }),
              0);
  }
}

TEST(BackgroundThreadForkTest, ATurnMayFork) {
  int result = -1;
  BackgroundThread thread([&] {
    result = InAFork([] { return 7; });
    return std::nullopt;
  });
  thread.Start();
  thread.Wake();
  thread.Wait();
  EXPECT_EQ(result, 7);
}

}  // namespace
}  // namespace fusebox::internal
