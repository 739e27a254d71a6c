#include "fusebox/base/internal/background_thread.h"

#include <cstdint>
#include <optional>
#include <thread>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/mutex.h"

namespace fusebox::internal {

bool BackgroundThread::Start(std::optional<Duration> wait) noexcept {
  MutexLock lock(mu_);
  if (running_ || stopping_) return !stopping_;
  std::thread thread;
  running_ = NoThrow([&] { thread = std::thread([=] { Run(wait); }); });
  thread_ = std::move(thread);
  id_ = thread_.get_id();
  return running_;
}

void BackgroundThread::Wake() noexcept {
  {
    MutexLock lock(mu_);
    ++asked_;
  }
  changed_.notify_all();
}

void BackgroundThread::Wait() {
  MutexLock lock(mu_);
  if (id_ == std::this_thread::get_id()) return;
  const uint64_t asked = asked_;
  while (running_ && served_ < asked) changed_.wait(mu_);
}

void BackgroundThread::Stop() {
  std::thread thread;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_.notify_all();
  if (thread.joinable()) thread.join();
}

void BackgroundThread::Run(std::optional<Duration> wait) {
  for (;;) {
    std::optional<TimePoint> due;
    if (wait) due = SaturatingAdd(PreciseClock().Now(), *wait);
    uint64_t asked;
    {
      MutexLock lock(mu_);
      while (asked_ == served_ && !stopping_) {
        if (!due) {
          changed_.wait(mu_);
        } else if (PreciseClock().Now() < *due) {
          changed_.wait_until(mu_, *due);
        } else {
          break;
        }
      }
      if (stopping_ && asked_ == served_) {
        running_ = false;
        return;
      }
      asked = asked_;
    }
    wait = turn_();
    {
      MutexLock lock(mu_);
      served_ = asked;
    }
    changed_.notify_all();
  }
}

}  // namespace fusebox::internal
