// What the core promises. Times come from the thread's own CPU clock. The
// ratios for two threads are measured in slices of 2 ms, with a thread pinned
// to each CPU. A slice in which one of them did not run all the time is
// ignored.

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/comparison.h"
#include "benchmarks/ratios.h"
#include "benchmarks/subjects.h"

namespace fusebox {
namespace {

void Keep(TimePoint now) { asm volatile("" : : "r"(now) : "memory"); }

// What one thread did in a slice: calls per second of what the threads share
// and, in turns with it, of what only this thread uses.
struct Share {
  double shared = 0;
  double own = 0;
  bool ran = false;  // it was never preempted
};

Share RunSlice(const Subject& shared, const Subject& own, int cpu) {
  constexpr double kSlice = 2e-3;
  constexpr int kBatch = 256;
  const auto preempted = [] {
    rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
  };
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(cpu), &set);
  pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
  const auto before = preempted();
  const double start = Seconds(CLOCK_MONOTONIC);
  double calls = 0;
  double in_shared = 0;
  double in_own = 0;
  double now = start;
  while (now - start < kSlice) {
    shared(kBatch);
    const double between = Seconds(CLOCK_MONOTONIC);
    own(kBatch);
    in_shared += between - now;
    now = Seconds(CLOCK_MONOTONIC);
    in_own += now - between;
    calls += kBatch;
  }
  return {calls / in_shared, calls / in_own,
          preempted() == before && now - start < 1.25 * kSlice};
}

// Measures two threads, each pinned to its own CPU, in the slices in which both
// ran all the time.
//
// The two CPUs may belong to one core, and other machines may use it too. Then
// even two threads that share nothing do less than twice the work of one.
// Therefore each thread's work on what is shared is divided by its work on its
// own breaker in the same slice. The sum of the two is the throughput in
// relation to one thread, as if the CPUs did not disturb each other.
struct TwoThreads {
  static constexpr int kSlices = 300;

  TwoThreads(const Subject& shared, const Subject& own_of_one,
             const Subject& own_of_other) {
    for (int i = 0; i < kSlices; ++i) {
      std::atomic<int> ready{0};
      const auto run = [&](const Subject& own, int cpu) {
        ready.fetch_add(1);
        while (ready.load() < 2) std::this_thread::yield();
        return RunSlice(shared, own, cpu);
      };
      Share one;
      std::thread other_thread([&] { one = run(own_of_one, 0); });
      Share other;
      std::thread one_thread([&] { other = run(own_of_other, 1); });
      one_thread.join();
      other_thread.join();
      if (!one.ran || !other.ran) continue;
      throughput.push_back(one.shared / one.own + other.shared / other.own);
      calls.push_back(one.shared + other.shared);
    }
  }

  std::vector<double> throughput;  // in relation to one thread
  std::vector<double> calls;       // per second
};

}  // namespace

void PrintCoreRatios(Table& table) {
  const SecondThread second_thread;
  Floor floor;
  const TimePoint given = CoarseNow();

  const Subject coarse_clock = Repeat([] { Keep(CoarseNow()); });
  const Subject floor_coarse = Repeat([&] {
    floor.Load();
    Keep(CoarseNow());
    floor.Add();
  });
  const Subject floor_steady = Repeat([&] {
    floor.Load();
    Keep(SteadyNow());
    floor.Add();
  });
  const Subject floor_given = Repeat([&] {
    floor.Load();
    floor.Add();
  });
  std::atomic<uint64_t> word{0};
  const Subject fetch_add =
      Repeat([&] { word.fetch_add(1, std::memory_order_relaxed); });
  NaiveBreaker naive_breaker;
  const Subject naive = Repeat([&] {
    const TimePoint now = CoarseNow();
    if (naive_breaker.Acquire(now)) naive_breaker.Settle(true, now);
  });

  const auto coarse = MakeBreaker(TimePolicy(), CoarseClock());
  const auto steady = MakeBreaker(TimePolicy(), PreciseClock());
  const auto timed = MakeBreaker(TimePolicy(), CoarseClock());
  const auto whole = MakeBreaker(TimePolicy(), CoarseClock(), true);
  const auto classic = MakeBreaker(ConsecutivePolicy(), CoarseClock(), true);
  const auto count = MakeBreaker(CountPolicy(), CoarseClock());
  const auto consecutive = MakeBreaker(ConsecutivePolicy(), CoarseClock());
  const auto open = MakeBreaker(ConsecutivePolicy(), CoarseClock());
  Open(*open);
  const auto succeed = [](Breaker& breaker) -> Subject {
    return [&breaker](int calls) { SucceedCoarse(breaker, calls); };
  };
  const auto succeed_given = [given](Breaker& breaker) -> Subject {
    return [&breaker, given](int calls) { SucceedAt(breaker, given, calls); };
  };
  // Makes every `apart`-th call fail.
  const auto fail_some = [](Breaker& breaker, int apart) -> Subject {
    return [&breaker, apart ](int calls) __attribute__((flatten)) {
      for (int i = 0, left = apart; i < calls; ++i) {
        const bool fails = --left == 0;
        if (fails) left = apart;
        CallOnceCoarse(breaker, fails ? Outcome::kFailure : Outcome::kSuccess);
      }
    };
  };

  const auto at_most = [&](const char* goal, const Subject& subject,
                           const Subject& anchor, double limit) {
    const Comparison result(subject, anchor);
    table.Print(goal, result.ratios, "<=", limit, Note(result));
  };
  at_most("acquire + success / floor, coarse clock", succeed(*coarse),
          floor_coarse, 1.3);
  at_most(
      "acquire + success / floor, steady clock",
      [&](int calls) { SucceedSteady(*steady, calls); }, floor_steady, 1.2);
  at_most("acquire + success / floor, time given", succeed_given(*timed),
          floor_given, 2.5);
  at_most("... over a window of calls / one fetch_add", succeed_given(*count),
          fetch_add, 0.6);
  at_most("... with consecutive failures only / one fetch_add",
          succeed_given(*consecutive), fetch_add, 0.6);
  at_most("rejection in OPEN / one coarse clock reading", Repeat([&] {
            const Admission admission = open->Acquire(CoarseNow());
            asm volatile("" : : "r"(&admission) : "memory");
          }),
          coarse_clock, 1.6);
  const auto one_percent = MakeBreaker(TimePolicy(), CoarseClock());
  const auto ten_percent = MakeBreaker(TimePolicy(), CoarseClock());
  at_most("1 % failures / all successes", fail_some(*one_percent, 100),
          succeed(*coarse), 1.4);
  at_most("10 % failures / all successes", fail_some(*ten_percent, 10),
          succeed(*coarse), 2.5);
  const Comparison against_naive(naive, succeed(*coarse));
  table.Print("a mutex and a deque / acquire + success, 1 thread",
              against_naive.ratios, ">=", 2.5, Note(against_naive));

  const auto own = [] { return MakeBreaker(TimePolicy(), CoarseClock()); };
  const auto own_of_one = own();
  const auto own_of_other = own();
  const TwoThreads two(succeed(*coarse), succeed(*own_of_one),
                       succeed(*own_of_other));
  const TwoThreads two_naive(naive, succeed(*own_of_one),
                             succeed(*own_of_other));
  const std::string kept = "(" + std::to_string(two.throughput.size()) +
                           " of " + std::to_string(TwoThreads::kSlices) +
                           " slices)";
  table.Print("throughput of two threads on one breaker / of one",
              two.throughput, ">=", 1.85, kept);
  std::vector<double> against_two_naive;
  for (size_t i = 0; i < std::min(two.calls.size(), two_naive.calls.size());
       ++i) {
    against_two_naive.push_back(two.calls[i] / two_naive.calls[i]);
  }
  table.Print("acquire + success / a mutex and a deque, 2 threads",
              against_two_naive, ">=", 10, kept);

  // The breakers of a registry keep totals too.
  for (const auto& [name, breaker] :
       {std::pair<const char*, Breaker*>{
            "with totals: acquire + success / floor, coarse", whole.get()},
        {"... with consecutive failures only", classic.get()}}) {
    const Comparison result(succeed(*breaker), floor_coarse);
    table.Print(name, result.ratios, Note(result));
  }
}

}  // namespace fusebox
