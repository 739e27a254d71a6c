// breaker_table_test.cc: the insert-only table and its lock-free readers.

#include "fusebox/registry/breaker_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace fusebox {
namespace {

class BreakerTableTest : public testing::Test {
 protected:
  MethodBreaker* FindOrInsert(const std::string& target,
                              const std::string& method) {
    return table_.FindOrInsert(target, method, [&] {
      ++made_;
      return std::make_unique<MethodBreaker>(target, method, Policy(),
                                             Breaker::Options());
    });
  }

  BreakerTable table_;
  std::atomic<int> made_{0};
};

TEST_F(BreakerTableTest, FindsNothingUntilItIsInserted) {
  EXPECT_EQ(table_.Find("t", "/s/m"), nullptr);
  MethodBreaker* const entry = FindOrInsert("t", "/s/m");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->target(), "t");
  EXPECT_EQ(entry->method(), "/s/m");
  EXPECT_EQ(table_.Find("t", "/s/m"), entry);
}

TEST_F(BreakerTableTest, MakesAnEntryOnce) {
  MethodBreaker* const entry = FindOrInsert("t", "/s/m");
  EXPECT_EQ(FindOrInsert("t", "/s/m"), entry);
  EXPECT_EQ(made_, 1);
}

TEST_F(BreakerTableTest, TellsTargetAndMethodApart) {
  MethodBreaker* const entry = FindOrInsert("a", "b");
  EXPECT_NE(FindOrInsert("b", "a"), entry);
  EXPECT_NE(FindOrInsert("", "ab"), entry);
  EXPECT_NE(FindOrInsert("ab", ""), entry);
  EXPECT_NE(FindOrInsert("", ""), entry);
  EXPECT_EQ(FindOrInsert("a", "b"), entry);
  EXPECT_EQ(made_, 5);
}

TEST_F(BreakerTableTest, KeysMayHoldZeroBytes) {
  const std::string with_zero("/s/m\0x", 6);
  EXPECT_NE(FindOrInsert("t", with_zero), FindOrInsert("t", "/s/m"));
  EXPECT_EQ(table_.Find("t", with_zero)->method(), with_zero);
}

TEST_F(BreakerTableTest, GrowsAndEveryEntryStaysWhereItIs) {
  constexpr size_t kEntries = 5000;
  std::vector<MethodBreaker*> entries;
  for (size_t i = 0; i < kEntries; ++i) {
    entries.push_back(FindOrInsert("t", std::to_string(i)));
  }
  for (size_t i = 0; i < kEntries; ++i) {
    ASSERT_EQ(table_.Find("t", std::to_string(i)), entries[i]);
  }
  EXPECT_EQ(table_.All(), entries) << "in the order in which they were made";
  EXPECT_EQ(made_, kEntries);
}

TEST_F(BreakerTableTest, ReadersFindEveryEntryWhileItGrows) {
  constexpr int kEntries = 3000;
  std::atomic<int> inserted{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      for (int upto = 0; upto < kEntries;) {
        upto = inserted.load();
        for (int i = upto - 1; i >= 0 && i > upto - 20; --i) {
          const MethodBreaker* const entry =
              table_.Find("t", std::to_string(i));
          ASSERT_NE(entry, nullptr) << i;
          ASSERT_EQ(entry->method(), std::to_string(i));
        }
      }
    });
  }
  for (int i = 0; i < kEntries; ++i) {
    FindOrInsert("t", std::to_string(i));
    inserted = i + 1;
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace fusebox
