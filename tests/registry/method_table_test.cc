// method_table_test.cc: the table of a target's methods and its lock-free
// readers.

#include "fusebox/registry/internal/method_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fusebox::internal {
namespace {

class MethodTableTest : public testing::Test {
 protected:
  GuardedMethod* Insert(const std::string& method,
                        const std::string& key = "") {
    return table_.Insert(std::make_unique<GuardedMethod>(
        BreakerName{"t", method, key}, nullptr));
  }
  // Turns an entry that nobody uses into another one.
  void Rename(GuardedMethod* entry, const std::string& method,
              const std::string& key) {
    ASSERT_TRUE(entry->Claim());
    table_.Rename(entry, {"t", method, key}, nullptr);
    entry->Unclaim();
  }
  GuardedMethod* Find(const std::string& method, const std::string& key = "") {
    return table_.Find(method, key).get();
  }

  MethodTable table_;
};

TEST_F(MethodTableTest, FindsNothingUntilItIsInserted) {
  EXPECT_EQ(Find("/s/m"), nullptr);
  GuardedMethod* const entry = Insert("/s/m");
  EXPECT_EQ(entry->name().method, "/s/m");
  EXPECT_EQ(Find("/s/m"), entry);
  EXPECT_EQ(Find("/s/m", "red"), nullptr);
}

TEST_F(MethodTableTest, TellsMethodAndKeyApart) {
  GuardedMethod* const entry = Insert("a", "b");
  Insert("b", "a");
  Insert("ab");
  Insert("", "ab");
  EXPECT_EQ(Find("a", "b"), entry);
  EXPECT_EQ(Find("b", "a")->name().key, "a");
  EXPECT_EQ(Find("ab")->name().key, "");
  EXPECT_EQ(Find("", "ab")->name().key, "ab");
}

TEST_F(MethodTableTest, NamesMayHoldZeroBytes) {
  const std::string with_zero("/s/m\0x", 6);
  EXPECT_NE(Insert(with_zero), Insert("/s/m"));
  EXPECT_EQ(Find(with_zero)->name().method, with_zero);
}

TEST_F(MethodTableTest, GrowsAndEveryEntryStaysWhereItIs) {
  constexpr size_t kEntries = 5000;
  std::vector<GuardedMethod*> entries;
  for (size_t i = 0; i < kEntries; ++i) {
    entries.push_back(Insert(std::to_string(i)));
  }
  for (size_t i = 0; i < kEntries; ++i) {
    ASSERT_EQ(Find(std::to_string(i)), entries[i]);
    ASSERT_EQ(table_.all()[i].get(), entries[i]);
  }
}

TEST_F(MethodTableTest, AUseKeepsAMethodWithAKeyFromBeingClaimed) {
  GuardedMethod* const entry = Insert("/s/m", "red");
  {
    const MethodUse one = table_.Find("/s/m", "red");
    const MethodUse two = table_.Find("/s/m", "red");
    EXPECT_FALSE(entry->Claim());
  }
  ASSERT_TRUE(entry->Claim());
  EXPECT_FALSE(entry->Claim());
  EXPECT_EQ(Find("/s/m", "red"), nullptr) << "it is claimed";
  entry->Unclaim();
  EXPECT_EQ(Find("/s/m", "red"), entry);
}

TEST_F(MethodTableTest, RenamedEntriesAreFoundByTheirNewNamesOnly) {
  constexpr int kEntries = 100;
  std::vector<GuardedMethod*> entries;
  for (int i = 0; i < kEntries; ++i) {
    entries.push_back(Insert("/s/m", std::to_string(i)));
  }
  // Many more names than slots: no slot may be lost.
  for (int i = 0; i < 100 * kEntries; ++i) {
    GuardedMethod* const entry = entries[static_cast<size_t>(i * 7 % kEntries)];
    const std::string old = entry->name().key;
    const std::string key = std::to_string(kEntries + i);
    Rename(entry, "/s/m", key);
    ASSERT_EQ(Find("/s/m", old), nullptr);
    ASSERT_EQ(Find("/s/m", key), entry);
  }
  for (GuardedMethod* const entry : entries) {
    ASSERT_EQ(Find("/s/m", entry->name().key), entry);
  }
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
          const GuardedMethod* const entry = Find(std::to_string(i));
          ASSERT_NE(entry, nullptr) << i;
          ASSERT_EQ(entry->name().method, std::to_string(i));
        }
      }
    });
  }
  for (int i = 0; i < kEntries; ++i) {
    Insert(std::to_string(i));
    inserted = i + 1;
  }
  for (std::thread& reader : readers) reader.join();
}

TEST_F(MethodTableTest, ReadersNeverFindAnotherNameWhileEntriesAreRenamed) {
  constexpr int kEntries = 20;
  constexpr int kNames = 50;
  std::vector<GuardedMethod*> entries;
  for (int i = 0; i < kEntries; ++i) {
    entries.push_back(Insert("/s/m", std::to_string(i)));
  }
  std::atomic<bool> done{false};
  std::atomic<int> hits{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      for (int i = reader; !done; ++i) {
        const std::string key = std::to_string(i % kNames);
        const MethodUse use = table_.Find("/s/m", key);
        if (!use) continue;
        ASSERT_EQ(use->name().key, key);
        ++hits;
      }
    });
  }
  int renamed = 0;
  for (int i = 0; renamed < 10'000 || hits < 1000; ++i) {
    GuardedMethod* const entry = entries[static_cast<size_t>(i % kEntries)];
    const std::string key = std::to_string(i * 13 % kNames);
    if (Find("/s/m", key) != nullptr || !entry->Claim()) continue;
    bool exists = false;  // under the name of an entry that Find() has missed
    for (GuardedMethod* const other : entries) {
      exists |= other->name().key == key;
    }
    if (!exists) {
      table_.Rename(entry, {"t", "/s/m", key}, nullptr);
      ++renamed;
    }
    entry->Unclaim();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace fusebox::internal
