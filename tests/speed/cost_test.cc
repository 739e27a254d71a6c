// cost_test.cc: counts what a healthy call may cost: no allocation, one reading
// of the clock, and few bytes. Other tests check that it takes no lock
// (lock_free_test), how many instructions it takes (instructions.cc), and that
// no record is lost (recycling_test).

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "fusebox/core/breaker.h"
#include "fusebox/testing/manual_clock.h"

namespace {

std::atomic<uint64_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto align = static_cast<std::size_t>(alignment);
  if (void* const memory =
          std::aligned_alloc(align, (size + align - 1) / align * align)) {
    return memory;
  }
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace fusebox {
namespace {

using namespace std::chrono_literals;

// Counts how often it is read.
class CountingClock final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    ++readings;
    return clock.Now();
  }
  ManualClock clock;
  mutable int readings = 0;
};

// Returns a policy that trips on two consecutive failures and, with a window,
// on rates.
Settings Shaped(const std::string& shape) {
  Settings settings;
  settings.consecutive_failures = 2;
  if (shape == "Consecutive") return settings;
  settings.failure_rate = FailureRate{0.5, 1};
  settings.slow_call_rate = SlowCallRate{1s, 0.5, 1};
  settings.window =
      shape == "Calls" ? Window::OfCalls(100) : Window::OfTime(10s);
  return settings;
}

class Cost : public testing::TestWithParam<std::string> {
 protected:
  Cost() {
    Breaker::Options options;
    options.clock = &clock_;
    breaker_ = Breaker::Create("b", Shaped(GetParam()), options);
  }
  void Call(Outcome outcome) {
    Admission admission = breaker_->Acquire();
    admission.permit.Settle({outcome, 1ms});
  }
  CountingClock clock_;
  std::unique_ptr<Breaker> breaker_;
};

TEST_P(Cost, OfACallIncludesNoAllocationWhateverItsOutcome) {
  Call(Outcome::kSuccess);
  const uint64_t before = allocations;
  for (int i = 0; i < 10'000; ++i) {
    Call(i % 7 < 4   ? Outcome::kSuccess
         : i % 7 < 6 ? Outcome::kFailure
                     : Outcome::kIgnored);
    clock_.clock.Advance(i % 100 == 0 ? 61s : 10ms);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_GT(breaker_->TakeSnapshot().generation, 10u);
}

TEST_P(Cost, OfASuccessIncludesOneReadingOfTheClock) {
  clock_.readings = 0;
  for (int i = 0; i < 100; ++i) Call(Outcome::kSuccess);
  EXPECT_EQ(clock_.readings, 100);
}

INSTANTIATE_TEST_SUITE_P(OfEveryShape, Cost,
                         testing::Values("Consecutive", "Time", "Calls"),
                         [](const auto& row) { return row.param; });

TEST(Bytes, TouchedByCallsAreFew) {
  EXPECT_LE(Breaker::kHotBytes, 320u);
  EXPECT_LE(Breaker::kInflatedBytes, 1536u);
}

}  // namespace
}  // namespace fusebox
