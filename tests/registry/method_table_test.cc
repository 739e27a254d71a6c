// method_table_test.cc: the insert-only table and its lock-free readers.

#include "fusebox/registry/internal/method_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace fusebox::internal {
namespace {

class MethodTableTest : public testing::Test {
 protected:
  GuardedMethod* Insert(const std::string& target, const std::string& method) {
    return table_.Insert(std::make_unique<GuardedMethod>(
        BreakerName{target, method, ""}, nullptr));
  }

  MethodTable table_;
};

TEST_F(MethodTableTest, FindsNothingUntilItIsInserted) {
  EXPECT_EQ(table_.Find("t", "/s/m", ""), nullptr);
  GuardedMethod* const entry = Insert("t", "/s/m");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->name().target, "t");
  EXPECT_EQ(entry->name().method, "/s/m");
  EXPECT_EQ(table_.Find("t", "/s/m", ""), entry);
}

TEST_F(MethodTableTest, KeepsTheFirstEntryOfAKey) {
  GuardedMethod* const entry = Insert("t", "/s/m");
  EXPECT_EQ(Insert("t", "/s/m"), entry);
  EXPECT_EQ(table_.All(), std::vector<GuardedMethod*>{entry});
}

TEST_F(MethodTableTest, TellsTargetAndMethodApart) {
  GuardedMethod* const entry = Insert("a", "b");
  EXPECT_NE(Insert("b", "a"), entry);
  EXPECT_NE(Insert("", "ab"), entry);
  EXPECT_NE(Insert("ab", ""), entry);
  EXPECT_NE(Insert("", ""), entry);
  EXPECT_EQ(Insert("a", "b"), entry);
  EXPECT_EQ(table_.All().size(), 5u);
}

TEST_F(MethodTableTest, KeysMayHoldZeroBytes) {
  const std::string with_zero("/s/m\0x", 6);
  EXPECT_NE(Insert("t", with_zero), Insert("t", "/s/m"));
  EXPECT_EQ(table_.Find("t", with_zero, "")->name().method, with_zero);
}

TEST_F(MethodTableTest, GrowsAndEveryEntryStaysWhereItIs) {
  constexpr size_t kEntries = 5000;
  std::vector<GuardedMethod*> entries;
  for (size_t i = 0; i < kEntries; ++i) {
    entries.push_back(Insert("t", std::to_string(i)));
  }
  for (size_t i = 0; i < kEntries; ++i) {
    ASSERT_EQ(table_.Find("t", std::to_string(i), ""), entries[i]);
  }
  EXPECT_EQ(table_.All(), entries) << "in the order in which they were made";
}

TEST_F(MethodTableTest, ReadersFindEveryEntryWhileItGrows) {
  constexpr int kEntries = 3000;
  std::atomic<int> inserted{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      for (int upto = 0; upto < kEntries;) {
        upto = inserted.load();
        for (int i = upto - 1; i >= 0 && i > upto - 20; --i) {
          const GuardedMethod* const entry =
              table_.Find("t", std::to_string(i), "");
          ASSERT_NE(entry, nullptr) << i;
          ASSERT_EQ(entry->name().method, std::to_string(i));
        }
      }
    });
  }
  for (int i = 0; i < kEntries; ++i) {
    Insert("t", std::to_string(i));
    inserted = i + 1;
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace fusebox::internal
