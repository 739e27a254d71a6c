#include "fusebox/base/internal/background_thread.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/no_throw.h"
#include "fusebox/base/mutex.h"

namespace fusebox::internal {

// Knows all threads of the process, so that fork() finds each between two turns
// and its mutex free. Thread-safe.
class ForkGuard {
 public:
  static ForkGuard& Get() {
    static ForkGuard* const guard = new ForkGuard;  // outlives all threads
    return *guard;
  }

  void Add(BackgroundThread* thread) FUSEBOX_EXCLUDES(mu_) {
    MutexLock lock(mu_);
    threads_.insert(thread);
  }
  void Remove(BackgroundThread* thread) FUSEBOX_EXCLUDES(mu_) {
    MutexLock lock(mu_);
    threads_.erase(thread);
  }

  // Keeps for ever what a child cannot destroy: one would abort, and the other
  // would wait for the thread.
  void Keep(std::thread thread,
            std::unique_ptr<std::condition_variable_any> changed)
      FUSEBOX_REQUIRES(mu_) {
    lost_.emplace_back(std::move(thread), std::move(changed));
  }

 private:
  ForkGuard() {
    pthread_atfork([] { Get().Lock(); }, [] { Get().Unlock(false); },
                   [] { Get().Unlock(true); });
  }

  // Returns holding all mutexes.
  void Lock() FUSEBOX_NO_ANALYSIS {
    constexpr Duration kPatience = std::chrono::seconds(1);
    const TimePoint until = PreciseClock().Now() + kPatience;
    mu_.lock();
    while (!LockAll() && PreciseClock().Now() < until) {
      for (BackgroundThread* const thread : threads_) thread->mu_.unlock();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  // Returns whether no thread is in a turn, except one that calls fork().
  bool LockAll() FUSEBOX_NO_ANALYSIS {
    bool quiet = true;
    for (BackgroundThread* const thread : threads_) {
      thread->mu_.lock();
      if (thread->in_turn_ && thread->id_ != std::this_thread::get_id()) {
        quiet = false;
      }
    }
    return quiet;
  }

  void Unlock(bool in_child) FUSEBOX_NO_ANALYSIS {
    for (BackgroundThread* const thread : threads_) {
      if (in_child) thread->Forget();
      thread->mu_.unlock();
    }
    mu_.unlock();
  }

  Mutex mu_;
  std::set<BackgroundThread*> threads_ FUSEBOX_GUARDED_BY(mu_);
  std::vector<
      std::pair<std::thread, std::unique_ptr<std::condition_variable_any>>>
      lost_ FUSEBOX_GUARDED_BY(mu_);
};

BackgroundThread::BackgroundThread(Turn turn) : turn_(std::move(turn)) {
  ForkGuard::Get().Add(this);
}

BackgroundThread::~BackgroundThread() {
  Stop();
  ForkGuard::Get().Remove(this);
}

bool BackgroundThread::Start(std::optional<Duration> wait) noexcept {
  MutexLock lock(mu_);
  return StartLocked(wait);
}

bool BackgroundThread::StartLocked(std::optional<Duration> wait) noexcept {
  if (running_ || stopping_) return !stopping_;
  lost_ = false;
  std::thread thread;
  running_ =
      NoThrow([&] { thread = std::thread([this, wait] { Run(wait); }); });
  thread_ = std::move(thread);
  id_ = thread_.get_id();
  return running_;
}

void BackgroundThread::Wake() noexcept {
  {
    MutexLock lock(mu_);
    ++asked_;
    if (lost_) StartLocked(std::nullopt);
  }
  changed_->notify_all();
}

void BackgroundThread::Wait() {
  MutexLock lock(mu_);
  if (id_ == std::this_thread::get_id()) return;
  const uint64_t asked = asked_;
  while (running_ && served_ < asked) changed_->wait(mu_);
}

void BackgroundThread::Stop() {
  std::thread thread;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_->notify_all();
  if (thread.joinable()) thread.join();
}

void BackgroundThread::Forget() {
  if (!running_ || id_ == std::this_thread::get_id()) return;
  ForkGuard::Get().Keep(std::move(thread_), std::move(changed_));
  changed_ = std::make_unique<std::condition_variable_any>();
  running_ = in_turn_ = false;
  lost_ = true;
  id_ = {};
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
          changed_->wait(mu_);
        } else if (PreciseClock().Now() < *due) {
          changed_->wait_until(mu_, *due);
        } else {
          break;
        }
      }
      if (stopping_ && asked_ == served_) {
        running_ = false;
        return;
      }
      asked = asked_;
      in_turn_ = true;
    }
    wait = turn_();
    {
      MutexLock lock(mu_);
      in_turn_ = false;
      served_ = asked;
    }
    changed_->notify_all();
  }
}

}  // namespace fusebox::internal
