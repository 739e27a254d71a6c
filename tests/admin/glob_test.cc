// glob_test.cc: compares globs with a matcher that tries everything.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>

#include "fusebox/admin/internal/breaker_matcher.h"

namespace fusebox::internal {
namespace {

// Tries every length of every star.
bool Reference(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return Reference(pattern.substr(1), text) ||
           (!text.empty() && Reference(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         Reference(pattern.substr(1), text.substr(1));
}

TEST(Glob, MatchesTheWholeText) {
  EXPECT_TRUE(MatchesGlob("", ""));
  EXPECT_FALSE(MatchesGlob("", "a"));
  EXPECT_TRUE(MatchesGlob("*", ""));
  EXPECT_TRUE(MatchesGlob("/shop.v1.*/Get?", "/shop.v1.Cart/GetX"));
  EXPECT_FALSE(MatchesGlob("/shop.v1.*/Get?", "/shop.v1.Cart/Get"));
  EXPECT_FALSE(MatchesGlob("Cart", "/shop.v1.Cart/Get"));
  EXPECT_TRUE(MatchesGlob("*Cart*", "/shop.v1.Cart/Get"));
  EXPECT_FALSE(MatchesGlob("?", ""));
}

TEST(Glob, NothingElseIsSpecial) {
  EXPECT_TRUE(MatchesGlob("a[b]c\\*", "a[b]c\\xyz"));
  EXPECT_FALSE(MatchesGlob("a[b]c", "abc"));
  EXPECT_FALSE(MatchesGlob("\\*", "*"));
}

TEST(Glob, ACharacterIsOneOfUtf8) {
  EXPECT_TRUE(MatchesGlob("gr?n", "gr\xC3\xBCn"));
  EXPECT_FALSE(MatchesGlob("gr??n", "gr\xC3\xBCn"));
  EXPECT_TRUE(MatchesGlob("?", "\xF0\x9F\x94\xA5"));
  EXPECT_TRUE(MatchesGlob("*\xBC?", "\xBCn")) << "no UTF-8";
  EXPECT_TRUE(MatchesGlob("??", "\xC3\xC3")) << "no UTF-8 either";
}

TEST(Glob, AgreesWithTryingEverything) {
  const bool holds = rc::check([] {
    const auto letters = [](const char* of, int most) {
      return rc::gen::resize(most, rc::gen::container<std::string>(
                                       rc::gen::elementOf(std::string(of))));
    };
    const std::string pattern = *letters("ab*?", 12);
    const std::string text = *letters("ab", 14);
    const bool expected = Reference(pattern, text);
    RC_TAG(expected);
    RC_ASSERT(MatchesGlob(pattern, text) == expected);
  });
  EXPECT_TRUE(holds);
}

// A matcher that tries everything would never end.
TEST(Glob, ManyStarsTakeNoLonger) {
  std::string pattern;
  for (int i = 0; i < 340; ++i) pattern += "*a*";
  const std::string text(5000, 'a');
  EXPECT_TRUE(MatchesGlob(pattern, text));
  EXPECT_FALSE(MatchesGlob(pattern + "b", text));
}

}  // namespace
}  // namespace fusebox::internal
