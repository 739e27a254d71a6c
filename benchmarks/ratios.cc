// ratios.cc: the speed that is promised, as ratios that hold on any machine.
//
// Each subject and what it is compared with run in turns in one process, so
// that both meet the same frequency, neighbours and noise; a ratio is taken
// within a turn, and the median over the turns is judged. Times are those of
// the thread's own CPU clock. The two-thread ratio is taken in slices of 2 ms
// with a thread pinned to each CPU; a slice in which one of them did not really
// run is thrown away, and if none is left the line says so.

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/subjects.h"

namespace fusebox {
namespace {

constexpr int kTurns = 31;
constexpr int kCallsATurn = 200'000;

double Seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void Keep(TimePoint now) { asm volatile("" : : "r"(now) : "memory"); }

// A subject runs this many calls.
using Subject = std::function<void(int calls)>;

template <typename F>
Subject Repeat(F once) {
  return [once](int calls) {
    for (int i = 0; i < calls; ++i) once();
  };
}

// Nanoseconds of this thread's CPU a call.
double Cost(const Subject& subject) {
  const double start = Seconds(CLOCK_THREAD_CPUTIME_ID);
  subject(kCallsATurn);
  return (Seconds(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9 / kCallsATurn;
}

// What `subject` costs against `anchor`, in turns.
struct Comparison {
  double nanoseconds;
  double ratio;
};
Comparison Compare(const Subject& subject, const Subject& anchor) {
  std::vector<double> costs;
  std::vector<double> ratios;
  for (int turn = 0; turn < kTurns; ++turn) {
    const double anchor_cost = Cost(anchor);
    const double cost = Cost(subject);
    costs.push_back(cost);
    ratios.push_back(cost / anchor_cost);
  }
  return {Median(costs), Median(ratios)};
}

// What one thread did in a slice.
struct Share {
  double calls_a_second = 0;
  bool ran = false;  // all the time, or waited for the other of its own accord
};

Share RunSlice(const Subject& subject, int cpu) {
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
  double end = start;
  double calls = 0;
  for (; end - start < kSlice; end = Seconds(CLOCK_MONOTONIC)) {
    subject(kBatch);
    calls += kBatch;
  }
  return {calls / (end - start),
          preempted() == before && end - start < 1.25 * kSlice};
}

// Calls a second of one or two threads together, each pinned to a CPU of its
// own; nothing if one of them was preempted.
std::optional<double> Throughput(const Subject& subject, int threads) {
  std::atomic<int> ready{0};
  Share shares[2];
  std::vector<std::thread> running;
  for (int cpu = 0; cpu < threads; ++cpu) {
    running.emplace_back([&, cpu] {
      ready.fetch_add(1);
      while (ready.load() < threads) std::this_thread::yield();
      shares[cpu] = RunSlice(subject, cpu);
    });
  }
  for (std::thread& thread : running) thread.join();
  double sum = 0;
  for (int cpu = 0; cpu < threads; ++cpu) {
    if (!shares[cpu].ran) return std::nullopt;
    sum += shares[cpu].calls_a_second;
  }
  return sum;
}

// Throughputs of clean slices, one thread and two in turns.
struct Scaling {
  static constexpr int kSlices = 300;

  explicit Scaling(const Subject& subject) {
    for (int i = 0; i < kSlices; ++i) {
      if (const auto calls = Throughput(subject, 1)) one.push_back(*calls);
      if (const auto calls = Throughput(subject, 2)) two.push_back(*calls);
    }
  }
  bool measured() const { return one.size() >= 9 && two.size() >= 9; }

  std::vector<double> one;
  std::vector<double> two;
};

class Table {
 public:
  void Print(const char* goal, double ratio, const char* relation, double limit,
             const std::string& note) {
    const bool pass = relation[0] == '<' ? ratio <= limit : ratio >= limit;
    failed_ |= !pass;
    std::printf("%-62s %7.2f  %s %-5g  %-12s %s\n", goal, ratio, relation,
                limit, pass ? "pass" : "FAIL", note.c_str());
  }
  void PrintNotMeasured(const char* goal, const char* relation, double limit,
                        const std::string& note) {
    std::printf("%-62s %7s  %s %-5g  %-12s %s\n", goal, "-", relation, limit,
                "not measured", note.c_str());
  }
  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

std::string Nanoseconds(double ns) {
  char text[32];
  std::snprintf(text, sizeof(text), "(%.2f ns)", ns);
  return text;
}

int Run() {
  Table table;
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
  const auto succeed = [](Breaker& breaker) {
    return Repeat([&breaker] { CallOnceCoarse(breaker, Outcome::kSuccess); });
  };
  const auto succeed_given = [&](Breaker& breaker) {
    return Repeat(
        [&breaker, given] { CallOnceAt(breaker, Outcome::kSuccess, given); });
  };
  // Every `apart`-th call fails.
  const auto fail_some = [](Breaker& breaker, int apart) -> Subject {
    return [&breaker, apart](int calls) {
      for (int i = 0, left = apart; i < calls; ++i) {
        const bool fails = --left == 0;
        if (fails) left = apart;
        CallOnceCoarse(breaker, fails ? Outcome::kFailure : Outcome::kSuccess);
      }
    };
  };

  std::printf("%-62s %7s  %-8s  %s\n", "what", "ratio", "promised", "");
  const auto at_most = [&](const char* goal, const Subject& subject,
                           const Subject& anchor, double limit) {
    const Comparison result = Compare(subject, anchor);
    table.Print(goal, result.ratio, "<=", limit,
                Nanoseconds(result.nanoseconds));
  };
  at_most("acquire + success / floor, coarse clock", succeed(*coarse),
          floor_coarse, 1.3);
  at_most("acquire + success / floor, steady clock",
          Repeat([&] { CallOnceSteady(*steady, Outcome::kSuccess); }),
          floor_steady, 1.2);
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
  const Comparison against_naive = Compare(naive, succeed(*coarse));
  table.Print("a mutex and a deque / acquire + success, 1 thread",
              against_naive.ratio, ">=", 2.5,
              Nanoseconds(against_naive.nanoseconds));

  const Scaling scaling(succeed(*coarse));
  const Scaling naive_scaling(naive);
  const std::string kept = "(" + std::to_string(scaling.two.size()) + " of " +
                           std::to_string(Scaling::kSlices) + " slices)";
  if (scaling.measured()) {
    table.Print("throughput of two threads on one breaker / of one",
                Median(scaling.two) / Median(scaling.one), ">=", 1.85, kept);
  } else {
    table.PrintNotMeasured("throughput of two threads on one breaker / of one",
                           ">=", 1.85, kept);
  }
  if (scaling.measured() && naive_scaling.measured()) {
    table.Print("acquire + success / a mutex and a deque, 2 threads",
                Median(scaling.two) / Median(naive_scaling.two), ">=", 10,
                kept);
  } else {
    table.PrintNotMeasured("acquire + success / a mutex and a deque, 2 threads",
                           ">=", 10, kept);
  }

  // For the record: the same as the registry makes it, which counts totals too.
  for (const auto& [name, breaker] :
       {std::pair<const char*, Breaker*>{
            "with totals: acquire + success / floor, coarse", whole.get()},
        {"... with consecutive failures only", classic.get()}}) {
    const Comparison result = Compare(succeed(*breaker), floor_coarse);
    std::printf("%-62s %7.2f  %-8s  %-12s %s\n", name, result.ratio, "", "",
                Nanoseconds(result.nanoseconds).c_str());
  }
  return table.failed() ? 1 : 0;
}

}  // namespace
}  // namespace fusebox

int main() { return fusebox::Run(); }
