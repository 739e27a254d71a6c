// core_benchmark.cc: measures the core, the floor and a naive breaker on 1, 2,
// 4 and 8 threads, in absolute numbers. ratios.cc prints the promised ratios.

#include <benchmark/benchmark.h>

#include <memory>

#include "benchmarks/subjects.h"

namespace fusebox {
namespace {

Floor& SharedFloor() {
  static Floor floor;
  return floor;
}

void BM_FetchAddShared(benchmark::State& state) {
  static std::atomic<uint64_t> word{0};
  for (auto _ : state) word.fetch_add(1, std::memory_order_relaxed);
}

void BM_CoarseClock(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(CoarseNow());
}

void BM_SteadyClock(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(SteadyNow());
}

void BM_FloorCoarse(benchmark::State& state) {
  for (auto _ : state) {
    SharedFloor().Load();
    benchmark::DoNotOptimize(CoarseNow());
    SharedFloor().Add();
  }
}

void BM_FloorSteady(benchmark::State& state) {
  for (auto _ : state) {
    SharedFloor().Load();
    benchmark::DoNotOptimize(SteadyNow());
    SharedFloor().Add();
  }
}

void BM_Naive(benchmark::State& state) {
  static const SecondThread second_thread;
  static NaiveBreaker breaker;
  for (auto _ : state) {
    const TimePoint now = CoarseNow();
    benchmark::DoNotOptimize(breaker.Acquire(now));
    breaker.Settle(true, now);
  }
}

// Each benchmark has its own breaker, which its threads share.
void BM_TimeWindowCoarse(benchmark::State& state) {
  static const auto breaker = MakeBreaker(TimePolicy(), CoarseClock());
  for (auto _ : state) CallOnceCoarse(*breaker, Outcome::kSuccess);
}
void BM_TimeWindowSteady(benchmark::State& state) {
  static const auto breaker = MakeBreaker(TimePolicy(), PreciseClock());
  for (auto _ : state) CallOnceSteady(*breaker, Outcome::kSuccess);
}
void BM_TimeWindowCoarseWithTotals(benchmark::State& state) {
  static const auto breaker = MakeBreaker(TimePolicy(), CoarseClock(), true);
  for (auto _ : state) CallOnceCoarse(*breaker, Outcome::kSuccess);
}
void BM_ConsecutiveCoarseWithTotals(benchmark::State& state) {
  static const auto breaker =
      MakeBreaker(ConsecutivePolicy(), CoarseClock(), true);
  for (auto _ : state) CallOnceCoarse(*breaker, Outcome::kSuccess);
}
void BM_CountWindowTimeGiven(benchmark::State& state) {
  static const auto breaker = MakeBreaker(CountPolicy(), CoarseClock());
  const TimePoint now = CoarseNow();
  for (auto _ : state) CallOnceAt(*breaker, Outcome::kSuccess, now);
}
void BM_ConsecutiveTimeGiven(benchmark::State& state) {
  static const auto breaker = MakeBreaker(ConsecutivePolicy(), CoarseClock());
  const TimePoint now = CoarseNow();
  for (auto _ : state) CallOnceAt(*breaker, Outcome::kSuccess, now);
}
void BM_RejectionCoarse(benchmark::State& state) {
  static const auto breaker = MakeBreaker(ConsecutivePolicy(), CoarseClock());
  Open(*breaker);
  for (auto _ : state) benchmark::DoNotOptimize(breaker->Acquire(CoarseNow()));
}

#define FUSEBOX_BENCHMARK(name) \
  BENCHMARK(name)->Threads(1)->Threads(2)->Threads(4)->Threads(8)

FUSEBOX_BENCHMARK(BM_FetchAddShared);
FUSEBOX_BENCHMARK(BM_CoarseClock);
FUSEBOX_BENCHMARK(BM_SteadyClock);
FUSEBOX_BENCHMARK(BM_FloorCoarse);
FUSEBOX_BENCHMARK(BM_FloorSteady);
FUSEBOX_BENCHMARK(BM_Naive);
FUSEBOX_BENCHMARK(BM_TimeWindowCoarse);
FUSEBOX_BENCHMARK(BM_TimeWindowSteady);
FUSEBOX_BENCHMARK(BM_TimeWindowCoarseWithTotals);
FUSEBOX_BENCHMARK(BM_ConsecutiveCoarseWithTotals);
FUSEBOX_BENCHMARK(BM_CountWindowTimeGiven);
FUSEBOX_BENCHMARK(BM_ConsecutiveTimeGiven);
FUSEBOX_BENCHMARK(BM_RejectionCoarse);

}  // namespace
}  // namespace fusebox
