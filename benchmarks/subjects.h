// subjects.h: what the benchmarks compare: the floor, a naive breaker, Fusebox.

#ifndef FUSEBOX_BENCHMARKS_SUBJECTS_H_
#define FUSEBOX_BENCHMARKS_SUBJECTS_H_

#include <time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "fusebox/base/clock.h"
#include "fusebox/core/breaker.h"

namespace fusebox {

// Read the clocks without a virtual call.
inline TimePoint CoarseNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return TimePoint(std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec));
}
inline TimePoint SteadyNow() { return std::chrono::steady_clock::now(); }

// Returns a number that differs from thread to thread.
inline size_t ThreadNumber() {
  static std::atomic<size_t> last{0};
  thread_local size_t mine = 0;
  if (mine == 0) mine = ++last;
  return mine;
}

// The least that a counting breaker must do: read a shared word, read the
// clock, and increment a counter that threads do not contend for.
class Floor {
 public:
  void Load() const { (void)word_.load(std::memory_order_relaxed); }
  void Add() {
    shards_[ThreadNumber() % shards_.size()].count.fetch_add(
        1, std::memory_order_relaxed);
  }

 private:
  struct alignas(64) Shard {
    std::atomic<uint64_t> count{0};
  };
  alignas(64) std::atomic<uint64_t> word_{0};
  std::array<Shard, 8> shards_;
};

// A breaker that one could write in an afternoon: a mutex, and a deque with the
// outcomes of the last ten seconds.
class NaiveBreaker {
 public:
  bool Acquire(TimePoint now) {
    const std::lock_guard<std::mutex> lock(mu_);
    return now >= open_until_;
  }
  void Settle(bool ok, TimePoint now) {
    const std::lock_guard<std::mutex> lock(mu_);
    outcomes_.push_back({now, ok});
    failures_ += ok ? 0u : 1u;
    while (outcomes_.size() > kMax ||
           outcomes_.front().at + std::chrono::seconds(10) < now) {
      failures_ -= outcomes_.front().ok ? 0u : 1u;
      outcomes_.pop_front();
    }
    if (!ok && outcomes_.size() >= 20 && failures_ * 2 >= outcomes_.size()) {
      open_until_ = now + std::chrono::seconds(60);
    }
  }

 private:
  static constexpr size_t kMax = 10'000;
  struct Outcome {
    TimePoint at;
    bool ok;
  };
  std::mutex mu_;
  TimePoint open_until_{};
  std::deque<Outcome> outcomes_;
  size_t failures_ = 0;
};

// Keeps a second thread waiting. In a process with a single thread, glibc's
// mutex uses no atomic instructions, but a process with gRPC always has several
// threads.
class SecondThread {
 public:
  SecondThread() : thread_([end = end_.get_future()] { end.wait(); }) {}
  ~SecondThread() {
    end_.set_value();
    thread_.join();
  }

 private:
  std::promise<void> end_;
  std::thread thread_;
};

// Policies.
inline Settings ConsecutivePolicy() { return Settings(); }
inline Settings TimePolicy() {
  Settings settings;
  settings.failure_rate = FailureRate{0.5, 20};
  return settings;
}
inline Settings CountPolicy() {
  Settings settings = TimePolicy();
  settings.window = Window::OfCalls(100);
  return settings;
}

// Creates a breaker of the core or, with totals, one as a registry creates it.
inline std::unique_ptr<Breaker> MakeBreaker(const Settings& settings,
                                            const Clock& clock,
                                            bool keep_totals = false) {
  Breaker::Options options;
  options.clock = &clock;
  options.keep_totals = keep_totals;
  return Breaker::Create("benchmark", settings, options);
}

// Acquires and settles one call at a time that the caller read. An admission
// needs no time, so that one reading per call is enough.
FUSEBOX_ALWAYS_INLINE void CallOnceAt(Breaker& breaker, Outcome outcome,
                                      TimePoint now) {
  Admission admission = breaker.Acquire(now);
  admission.permit.Finish({outcome, Duration(1000)}, now);
}
FUSEBOX_ALWAYS_INLINE void CallOnceCoarse(Breaker& breaker, Outcome outcome) {
  Admission admission = breaker.Acquire();
  admission.permit.Finish({outcome, Duration(1000)}, CoarseNow());
}
FUSEBOX_ALWAYS_INLINE void CallOnceSteady(Breaker& breaker, Outcome outcome) {
  Admission admission = breaker.Acquire();
  admission.permit.Finish({outcome, Duration(1000)}, SteadyNow());
}

// Repeat such calls. Each loop is a function of its own, so that it has all
// registers for itself.
[[gnu::noinline]] inline void SucceedAt(Breaker& breaker, TimePoint now,
                                        int calls) {
  for (int i = 0; i < calls; ++i) CallOnceAt(breaker, Outcome::kSuccess, now);
}
[[gnu::noinline]] inline void SucceedCoarse(Breaker& breaker, int calls) {
  for (int i = 0; i < calls; ++i) CallOnceCoarse(breaker, Outcome::kSuccess);
}
[[gnu::noinline]] inline void SucceedSteady(Breaker& breaker, int calls) {
  for (int i = 0; i < calls; ++i) CallOnceSteady(breaker, Outcome::kSuccess);
}

// Opens the circuit.
inline void Open(Breaker& breaker) {
  for (int i = 0; i < 5; ++i) CallOnceCoarse(breaker, Outcome::kFailure);
}

}  // namespace fusebox

#endif  // FUSEBOX_BENCHMARKS_SUBJECTS_H_
