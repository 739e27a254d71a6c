// mutex.h: a std::mutex that clang's thread-safety analysis understands.
//
// Members declare which mutex guards them, functions declare which one must be
// held, and `-Wthread-safety` checks both. Other compilers ignore it.
//
//   struct Counter {
//     void Add() { fusebox::MutexLock lock(mu_); ++count_; }
//     fusebox::Mutex mu_;
//     int count_ FUSEBOX_GUARDED_BY(mu_) = 0;
//   };
//
// It wraps std::mutex and not the mutex of some library, because
// ThreadSanitizer understands std::mutex even if the libraries around it were
// built without instrumentation.

#ifndef FUSEBOX_BASE_MUTEX_H_
#define FUSEBOX_BASE_MUTEX_H_

#include <mutex>

#if defined(__clang__)
#define FUSEBOX_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define FUSEBOX_THREAD_ANNOTATION(x)
#endif

// On a member: it is read and written only while the mutex is held. On a
// function: REQUIRES that the caller holds the mutex, EXCLUDES that it does
// not; NO_ANALYSIS does not check the function.
#define FUSEBOX_GUARDED_BY(x) FUSEBOX_THREAD_ANNOTATION(guarded_by(x))
#define FUSEBOX_REQUIRES(...) \
  FUSEBOX_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define FUSEBOX_EXCLUDES(...) \
  FUSEBOX_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define FUSEBOX_NO_ANALYSIS FUSEBOX_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace fusebox {

// Not recursive. Meets the standard library's Lockable requirements.
class FUSEBOX_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void lock() FUSEBOX_THREAD_ANNOTATION(acquire_capability()) { mu_.lock(); }
  bool try_lock() FUSEBOX_THREAD_ANNOTATION(try_acquire_capability(true)) {
    return mu_.try_lock();
  }
  void unlock() FUSEBOX_THREAD_ANNOTATION(release_capability()) {
    mu_.unlock();
  }

 private:
  std::mutex mu_;
};

// Holds a mutex, which must outlive it, from construction to destruction.
class FUSEBOX_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mu)
      FUSEBOX_THREAD_ANNOTATION(acquire_capability(mu))
      : mu_(mu) {
    mu_.lock();
  }
  ~MutexLock() FUSEBOX_THREAD_ANNOTATION(release_capability()) { mu_.unlock(); }

  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mu_;
};

}  // namespace fusebox

#endif  // FUSEBOX_BASE_MUTEX_H_
