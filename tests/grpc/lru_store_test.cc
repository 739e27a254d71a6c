// The store of stale replies: its limits, its order and its time to live.

#include "fusebox/grpc/internal/lru_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>

#include "fusebox/testing/manual_clock.h"
#include "tests/base/threads.h"

namespace fusebox::internal {
namespace {

using std::chrono::seconds;

constexpr size_t kOverhead = LruStore::kEntryOverhead;

// The steps of a script: "+a" stores a value under the key "a", "?a" reads it,
// ">" advances the time by a second.
struct Script {
  const char* name;
  size_t max_entries;
  size_t max_bytes;
  const char* steps;
  const char* left;  // the keys that remain at the end
};

std::ostream& operator<<(std::ostream& os, const Script& script) {
  return os << script.name;
}

class LruStoreScriptTest : public testing::TestWithParam<Script> {};

// Keys and values have one byte and live for ten seconds.
TEST_P(LruStoreScriptTest, LeavesTheExpectedEntries) {
  const Script& script = GetParam();
  LruStore store(script.max_entries, script.max_bytes, seconds(10));
  ManualClock clock;
  for (const char* step = script.steps; *step != '\0'; ++step) {
    if (*step == '+') {
      store.Put(std::string(1, *++step), "v", clock.Now());
    } else if (*step == '?') {
      store.Get(std::string(1, *++step), clock.Now());
    } else if (*step == '>') {
      clock.Advance(seconds(1));
    }
    ASSERT_LE(store.entries(), script.max_entries);
    ASSERT_LE(store.bytes(), script.max_bytes);
    ASSERT_EQ(store.bytes(), store.entries() * (kOverhead + 2));
  }
  std::string left;
  for (char key = 'a'; key <= 'e'; ++key) {
    if (store.Get(std::string(1, key), clock.Now()) != nullptr) left += key;
  }
  EXPECT_EQ(left, script.left);
  EXPECT_EQ(store.entries(), left.size());  // expired entries are removed
}

constexpr size_t kPlenty = size_t{1} << 20;
constexpr size_t kThree = 3 * (kOverhead + 2);

INSTANTIATE_TEST_SUITE_P(
    Scripts, LruStoreScriptTest,
    testing::Values(
        Script{"KeepsWhatFits", 3, kPlenty, "+a+b+c", "abc"},
        Script{"TheOldestGoesFirst", 3, kPlenty, "+a+b+c+d", "bcd"},
        Script{"ReadingMakesRecent", 3, kPlenty, "+a+b+c?a+d", "acd"},
        Script{"StoringMakesRecent", 3, kPlenty, "+a+b+c+a+d", "acd"},
        Script{"AMissDoesNotChangeTheOrder", 3, kPlenty, "+a+b+c?e+d", "bcd"},
        Script{"OneEntry", 1, kPlenty, "+a+b", "b"},
        Script{"BytesAreLimitedToo", 9, kThree, "+a+b+c+d", "bcd"},
        Script{"OneByteLessIsOneEntryLess", 9, kThree - 1, "+a+b+c", "bc"},
        Script{"StoringAgainTakesNoMore", 9, kThree, "+a+b+c+c+c+a", "abc"},
        Script{"JustBeforeItsTime", 9, kPlenty, "+a>>>>>>>>>", "a"},
        Script{"AtItsTimeItExpires", 9, kPlenty, "+a>>>>>>>>>>", ""},
        Script{"ReadingDoesNotExtendItsLife", 9, kPlenty, "+a>>>>>?a>>>>>", ""},
        Script{"StoringExtendsItsLife", 9, kPlenty, "+a>>>>>+a>>>>>", "a"},
        Script{"EachHasItsOwnTime", 9, kPlenty, "+a>>>>>+b>>>>>", "b"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(LruStore, ReturnsTheValueThatWasStoredLast) {
  LruStore store(9, kPlenty, seconds(1));
  store.Put("key", "old", TimePoint());
  store.Put("key", "new", TimePoint());
  EXPECT_EQ(*store.Get("key", TimePoint()), "new");
}

TEST(LruStore, ComparesAllBytesOfKeys) {
  LruStore store(9, kPlenty, seconds(1));
  const std::string key("a\0b", 3);
  store.Put(key, "value", TimePoint());
  EXPECT_NE(store.Get(key, TimePoint()), nullptr);
  for (const std::string& other : {std::string("a"), std::string("a\0c", 3),
                                   std::string("a\0b\0", 4), std::string()}) {
    EXPECT_EQ(store.Get(other, TimePoint()), nullptr);
  }
}

TEST(LruStore, CountsKeyAndValueAndOverhead) {
  LruStore store(9, kPlenty, seconds(1));
  store.Put("12345", "1234567", TimePoint());
  EXPECT_EQ(store.bytes(), 12 + kOverhead);
  store.Put("12345", "1", TimePoint());
  EXPECT_EQ(store.bytes(), 6 + kOverhead);
}

TEST(LruStore, AValueThatCanNeverFitIsNotStoredAndRemovesOnlyItsOlderOne) {
  LruStore store(9, kOverhead + 10, seconds(1));
  store.Put("k", std::string(9, 'v'), TimePoint());
  store.Put("l", std::string(10, 'v'), TimePoint());
  EXPECT_EQ(store.Get("l", TimePoint()), nullptr);
  EXPECT_NE(store.Get("k", TimePoint()), nullptr);
  store.Put("k", std::string(10, 'v'), TimePoint());
  EXPECT_EQ(store.Get("k", TimePoint()), nullptr);
  EXPECT_EQ(store.bytes(), 0u);
}

TEST(LruStore, ALargeValueRemovesAsManyEntriesAsNecessary) {
  LruStore store(9, kThree, seconds(1));
  for (const char* key : {"a", "b", "c"}) store.Put(key, "v", TimePoint());
  store.Put("d", std::string(2 + kOverhead, 'v'), TimePoint());
  EXPECT_EQ(store.entries(), 2u);
  EXPECT_NE(store.Get("c", TimePoint()), nullptr);
  EXPECT_NE(store.Get("d", TimePoint()), nullptr);
}

TEST(LruStore, NoEntryExpiresIfTimeRunsBackwards) {
  LruStore store(9, kPlenty, seconds(1));
  store.Put("k", "v", TimePoint(seconds(100)));
  EXPECT_NE(store.Get("k", TimePoint(seconds(1))), nullptr);
}

TEST(LruStore, ClearRemovesEverything) {
  LruStore store(9, kPlenty, seconds(1));
  store.Put("k", "v", TimePoint());
  store.Clear();
  EXPECT_EQ(store.entries(), 0u);
  EXPECT_EQ(store.bytes(), 0u);
  EXPECT_EQ(store.Get("k", TimePoint()), nullptr);
  store.Put("k", "w", TimePoint());
  EXPECT_EQ(*store.Get("k", TimePoint()), "w");
}

TEST(LruStore, AValueOutlivesItsEntry) {
  LruStore store(9, kPlenty, seconds(1));
  store.Put("k", "v", TimePoint());
  const auto value = store.Get("k", TimePoint());
  store.Clear();
  EXPECT_EQ(*value, "v");
}

// Each value contains its key, so that the test would notice a mixed-up value.
TEST(LruStore, ThreadsMayUseItConcurrently) {
  constexpr size_t kKeys = 8;
  LruStore store(kKeys / 2, kPlenty, seconds(1));
  OnThreads(4, [&](int thread) {
    for (size_t i = 0; i < 20'000; ++i) {
      const std::string key =
          std::to_string((i * 7 + static_cast<size_t>(thread)) % kKeys);
      if (i % 3 == 0) store.Put(key, key, TimePoint());
      const auto value = store.Get(key, TimePoint());
      if (value != nullptr) {
        ASSERT_EQ(*value, key);
      }
      ASSERT_LE(store.entries(), kKeys / 2);
      if (i % 5'000 == 0) store.Clear();
    }
  });
  store.Clear();
  EXPECT_EQ(store.bytes(), 0u);
}

}  // namespace
}  // namespace fusebox::internal
