// breaker_name_test.cc: how names are ordered, and how people read them.

#include "fusebox/registry/breaker_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fusebox {
namespace {

TEST(BreakerName, IsOrderedByTargetThenMethodThenKey) {
  const std::vector<BreakerName> sorted = {{"", "/s/b", "k"},
                                           {"a", "/s/a", ""},
                                           {"a", "/s/a", "k"},
                                           {"a", "/s/b", ""},
                                           {"b", "", ""}};
  for (size_t i = 0; i < sorted.size(); ++i) {
    for (size_t j = 0; j < sorted.size(); ++j) {
      EXPECT_EQ(sorted[i] < sorted[j], i < j);
      EXPECT_EQ(sorted[i] == sorted[j], i == j);
    }
  }
}

TEST(BreakerText, NamesMethodKeyAndTarget) {
  EXPECT_EQ(BreakerText({"shop:443", "/s/m", ""}), "/s/m on shop:443");
  EXPECT_EQ(BreakerText({"", "/s/m", "tenant 1"}), "/s/m [tenant 1]");
  EXPECT_EQ(BreakerText({"shop:443", "", ""}), "every method on shop:443");
}

TEST(BreakerText, IsOneLineWhateverItHolds) {
  EXPECT_EQ(BreakerText({"t", "/s/\x1b[31m\n", ""}), "/s/\\x1b[31m\\n on t");
  EXPECT_LT(BreakerText({"", std::string(100000, 'x'), ""}).size(), 400u);
}

}  // namespace
}  // namespace fusebox
