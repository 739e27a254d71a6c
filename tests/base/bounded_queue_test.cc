// bounded_queue_test.cc: order, numbers, and dropped entries.

#include "fusebox/base/internal/bounded_queue.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

namespace fusebox::internal {
namespace {

TEST(BoundedQueue, ReturnsEntriesInTheOrderOfPushes) {
  BoundedQueue<int> queue(3);
  int value = 0;
  uint64_t number = 0;
  EXPECT_FALSE(queue.Pop(&value));
  for (int i = 0; i < 100; ++i) {
    queue.Push(2 * i);
    queue.Push(2 * i + 1);
    ASSERT_TRUE(queue.Pop(&value, &number));
    EXPECT_EQ(value, 2 * i);
    EXPECT_EQ(number, static_cast<uint64_t>(2 * i + 1));
    ASSERT_TRUE(queue.Pop(&value, &number));
    EXPECT_EQ(value, 2 * i + 1);
    EXPECT_FALSE(queue.Pop(&value));
  }
  EXPECT_EQ(queue.dropped(), 0u);
}

TEST(BoundedQueue, DropsAndCountsTheOldestWhenFullAndLeavesAGapInTheNumbers) {
  BoundedQueue<int> queue(3);
  for (int i = 1; i <= 5; ++i) queue.Push(i);
  EXPECT_EQ(queue.dropped(), 2u);
  int value = 0;
  uint64_t number = 0;
  for (int i = 3; i <= 5; ++i) {
    ASSERT_TRUE(queue.Pop(&value, &number));
    EXPECT_EQ(value, i);
    EXPECT_EQ(number, static_cast<uint64_t>(i));
  }
  EXPECT_FALSE(queue.Pop(&value));
}

TEST(BoundedQueue, WithCapacityOneKeepsTheNewest) {
  BoundedQueue<int> queue(1);
  queue.Push(1);
  queue.Push(2);
  int value = 0;
  ASSERT_TRUE(queue.Pop(&value));
  EXPECT_EQ(value, 2);
  EXPECT_EQ(queue.dropped(), 1u);
}

TEST(BoundedQueue, PushIfHalfEmptyUsesAtMostHalfOfTheCapacity) {
  BoundedQueue<int> queue(4);
  EXPECT_TRUE(queue.PushIfHalfEmpty(1));
  EXPECT_TRUE(queue.PushIfHalfEmpty(2));
  EXPECT_FALSE(queue.PushIfHalfEmpty(7));
  queue.Push(3);
  queue.Push(4);
  EXPECT_EQ(queue.dropped(), 0u);
  int value = 0;
  uint64_t number = 0;
  for (const int expected : {1, 2, 3, 4}) {
    ASSERT_TRUE(queue.Pop(&value, &number));
    EXPECT_EQ(value, expected);
    EXPECT_EQ(number, static_cast<uint64_t>(expected));
  }
  EXPECT_FALSE(queue.Pop(&value, &number));
  EXPECT_EQ(number, 4u) << "the last one that was added";
}

TEST(BoundedQueue, HoldsMoveOnlyValues) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  queue.Push(std::make_unique<int>(7));
  std::unique_ptr<int> value;
  ASSERT_TRUE(queue.Pop(&value));
  EXPECT_EQ(*value, 7);
}

}  // namespace
}  // namespace fusebox::internal
