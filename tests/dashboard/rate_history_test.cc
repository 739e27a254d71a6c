// rate_history_test.cc: sums become calls a second.

#include "tools/dashboard/rate_history.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace fusebox::tool {
namespace {

using nlohmann::json;

json Newer(const RateHistory& history, Version than) {
  std::string text = "{\"x\":0";
  history.AppendIfNewer(than, &text);
  return json::parse(text + "}").value("rate", json::array());
}

TEST(RateHistory, SpreadsWhatWasAddedOverTheTimeItTook) {
  RateHistory history;
  history.Restart({1000, 0, 0});
  history.Take({1010, 4, 0}, Millis(500), Millis(1500), 1);
  EXPECT_EQ(Newer(history, 0), json::parse("[[0, 5, 2, 0], [1, 5, 2, 0]]"));
  history.Take({1020, 4, 1}, Millis(1500), Millis(2500), 2);
  EXPECT_EQ(Newer(history, 1), json::parse("[[1, 10, 2, 0], [2, 5, 0, 1]]"));
}

TEST(RateHistory, LosesNoCallHoweverTheTimeIsCut) {
  RateHistory history;
  history.Restart({});
  uint64_t calls = 0;
  Millis at(0);
  for (int i = 1; i <= 40; ++i) {
    const Millis from = at;
    at += Millis(997 + i % 7);
    calls += 7;
    history.Take({calls, 0, 0}, from, at, 1);
  }
  uint64_t sum = 0;
  for (const json& second : Newer(history, 0)) sum += second[1].get<uint64_t>();
  EXPECT_EQ(sum, calls);
}

TEST(RateHistory, CallsThatTookNoTimeAreOfThatSecond) {
  RateHistory history;
  history.Restart({});
  history.Take({3, 0, 0}, Millis(4000), Millis(4000), 1);
  EXPECT_EQ(Newer(history, 0), json::parse("[[4, 3, 0, 0]]"));
}

TEST(RateHistory, ASumThatWentDownIsOfAnotherProcess) {
  RateHistory history;
  history.Restart({100, 0, 0});
  history.Take({7, 0, 0}, Millis(1000), Millis(2000), 2);
  EXPECT_EQ(Newer(history, 0), json::array());
  history.Take({8, 0, 0}, Millis(2000), Millis(3000), 3);
  EXPECT_EQ(Newer(history, 0), json::parse("[[2, 1, 0, 0]]"));
}

TEST(RateHistory, KeepsAMinuteAndNoMore) {
  RateHistory history;
  history.Restart({});
  for (int i = 1; i <= 500; ++i) {
    history.Take({static_cast<uint64_t>(i), 0, 0}, Millis(i * 1000 - 1000),
                 Millis(i * 1000), 1);
  }
  const json kept = Newer(history, 0);
  EXPECT_GE(kept.size(), 61u);
  EXPECT_LE(kept.size(), 65u);
  EXPECT_EQ(kept.back()[0], 499);
}

}  // namespace
}  // namespace fusebox::tool
