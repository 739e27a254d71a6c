// inline_delivery_test.cc: delivery in order, on one thread at a time.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "fusebox/base/internal/no_throw.h"
#include "fusebox/core/transition.h"
#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

Transition Numbered(uint64_t generation) {
  Transition transition;
  transition.generation = generation;
  return transition;
}

TEST(NoThrow, SwallowsExceptionsOfAnyType) {
  EXPECT_TRUE(NoThrow([] {}));
  EXPECT_FALSE(NoThrow([] { throw std::logic_error(""); }));
  EXPECT_FALSE(NoThrow([] { throw 1; }));
  EXPECT_FALSE(NoThrow(std::function<void()>()));
}

TEST(InlineDelivery, DeliversNothingWithoutAFlush) {
  int heard = 0;
  InlineDelivery delivery([&](const Transition&) { ++heard; });
  delivery.Push(Transition(), nullptr);
  EXPECT_EQ(heard, 0);
  delivery.Flush();
  EXPECT_EQ(heard, 1);
  delivery.Flush();
  EXPECT_EQ(heard, 1);
}

TEST(InlineDelivery, AFlushInsideTheListenerReturnsAtOnce) {
  std::vector<uint64_t> heard;
  InlineDelivery* self = nullptr;
  InlineDelivery delivery([&](const Transition& t) {
    heard.push_back(t.generation);
    if (t.generation == 3) return;
    self->Push(Numbered(t.generation + 1), nullptr);
    self->Flush();
    EXPECT_EQ(heard.back(), t.generation);
  });
  self = &delivery;
  delivery.Push(Numbered(1), nullptr);
  delivery.Flush();
  EXPECT_EQ(heard, (std::vector<uint64_t>{1, 2, 3}));
}

TEST(InlineDelivery, RunsOnOneThreadAtATimeAndLosesNothing) {
  constexpr int kThreads = 8;
  constexpr int kPushes = 2000;
  std::atomic<int> inside{0};
  std::vector<uint64_t> last(kThreads, 0);
  uint64_t heard = 0;  // not atomic, because the delivery must serialize
  InlineDelivery delivery(
      [&](const Transition& t) {
        EXPECT_EQ(inside.fetch_add(1), 0);
        uint64_t& of_thread = last[t.openings];
        EXPECT_EQ(t.generation, of_thread + 1);
        of_thread = t.generation;
        ++heard;
        inside.fetch_sub(1);
      },
      kThreads * kPushes);
  OnThreads(kThreads, [&](int thread) {
    for (uint64_t i = 1; i <= kPushes; ++i) {
      Transition transition = Numbered(i);
      transition.openings = static_cast<uint32_t>(thread);
      delivery.Push(transition, nullptr);
      delivery.Flush();
    }
  });
  EXPECT_EQ(heard, static_cast<uint64_t>(kThreads) * kPushes);
  EXPECT_EQ(delivery.dropped(), 0u);
}

TEST(InlineDelivery, HasDeliveredEverythingWhenTheLastFlushReturns) {
  constexpr uint64_t kRounds = 50'000;
  std::atomic<uint64_t> heard{0};
  InlineDelivery delivery([&](const Transition&) { ++heard; });
  // Two threads meet without a lock, so that their flushes overlap.
  std::atomic<uint64_t> arrived{0};
  const auto meet = [&](uint64_t meeting) {
    ++arrived;
    while (arrived < 2 * meeting) std::this_thread::yield();
  };
  OnThreads(2, [&](int thread) {
    for (uint64_t round = 1; round <= kRounds; ++round) {
      meet(2 * round - 1);
      if (thread == 1) {
        for (volatile uint64_t i = 0; i < round % 100; i = i + 1) {
        }
      }
      delivery.Push(Transition(), nullptr);
      delivery.Flush();
      meet(2 * round);
      if (thread == 0) {
        EXPECT_EQ(heard, 2 * round);
      }
    }
  });
}

}  // namespace
}  // namespace fusebox::internal
