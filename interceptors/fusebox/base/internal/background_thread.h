// background_thread.h: runs a function on a thread whenever there is work.
//
//   BackgroundThread thread_([this] { return DeliverAll(); });
//   ...
//   if (!thread_.Start()) return NoThreadError();
//   thread_.Wake();
//
// The thread calls one function again and again. Each call is a turn. A turn
// begins when somebody calls Wake(), or when the wait that the turn before
// asked for is over. Declare the thread after everything that its turns use.
//
// fork() copies no thread but its caller. It waits until no turn is under way,
// for at most a second. In the child, the threads do not run; a Wake() starts
// its thread again.

#ifndef FUSEBOX_BASE_INTERNAL_BACKGROUND_THREAD_H_
#define FUSEBOX_BASE_INTERNAL_BACKGROUND_THREAD_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"

namespace fusebox::internal {

// Thread-safe.
class FUSEBOX_EXPORT BackgroundThread {
 public:
  // Takes a turn, and returns how long to wait for the next one, or nullopt to
  // wait for Wake(). It is called with no lock held and must not throw. Real
  // time passes: a turn that depends on another clock asks to look again soon.
  using Turn = std::function<std::optional<Duration>()>;

  explicit BackgroundThread(Turn turn);
  ~BackgroundThread();

  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

  // Starts the thread unless it runs already. Its first turn begins after
  // `wait`, or at the first Wake(), even one that was called before. Returns
  // false if the system has no thread to give, or after Stop().
  bool Start(std::optional<Duration> wait = std::nullopt) noexcept
      FUSEBOX_EXCLUDES(mu_);

  // Asks for a turn that begins after this call. Starts the thread again if it
  // ran when this process was forked.
  void Wake() noexcept FUSEBOX_EXCLUDES(mu_);

  // Blocks until the turns that Wake() has asked for so far are over. Returns
  // at once if the thread does not run, or if it is the caller.
  void Wait() FUSEBOX_EXCLUDES(mu_);

  // Blocks until the turns that Wake() has asked for are over, then ends the
  // thread. May be called again, one call at a time, but not from a turn.
  void Stop() FUSEBOX_EXCLUDES(mu_);

 private:
  friend class ForkGuard;

  bool StartLocked(std::optional<Duration> wait) noexcept FUSEBOX_REQUIRES(mu_);

  // Forgets the thread, which this process does not have: fork() copied the
  // object and not the thread.
  void Forget() FUSEBOX_NO_ANALYSIS;

  void Run(std::optional<Duration> wait) FUSEBOX_EXCLUDES(mu_);

  const Turn turn_;
  Mutex mu_;
  // A pointer, because a child must not destroy one that its parent waits for.
  std::unique_ptr<std::condition_variable_any> changed_ =
      std::make_unique<std::condition_variable_any>();
  uint64_t asked_ FUSEBOX_GUARDED_BY(mu_) = 0;   // calls of Wake() so far
  uint64_t served_ FUSEBOX_GUARDED_BY(mu_) = 0;  // those whose turn is over
  bool running_ FUSEBOX_GUARDED_BY(mu_) = false;
  bool in_turn_ FUSEBOX_GUARDED_BY(mu_) = false;
  bool stopping_ FUSEBOX_GUARDED_BY(mu_) = false;
  bool lost_ FUSEBOX_GUARDED_BY(mu_) = false;  // by a fork
  std::thread::id id_ FUSEBOX_GUARDED_BY(mu_);
  std::thread thread_ FUSEBOX_GUARDED_BY(mu_);
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_BACKGROUND_THREAD_H_
