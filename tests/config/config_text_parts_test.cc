// config_text_parts_test.cc: tests durations and quoted text.

#include <gtest/gtest.h>

#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/utf8.h"
#include "fusebox/base/text.h"

namespace fusebox::internal {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, ReadsWhatFormatDurationWrites) {
  for (const Duration duration :
       {Duration(0), Duration(1), Duration(-1), Duration(60s), Duration(500ms),
        Duration(-1500ms), Duration(999'999'999), Duration::max(),
        -Duration::max()}) {
    std::string problem;
    EXPECT_EQ(ParseDuration(FormatDuration(duration), &problem), duration)
        << FormatDuration(duration) << problem;
  }
}

TEST(ParseDuration, AcceptsRedundantZeros) {
  std::string problem;
  EXPECT_EQ(ParseDuration("0.50s", &problem), 500ms);
  EXPECT_EQ(ParseDuration("001.000000000s", &problem), 1s);
  EXPECT_EQ(ParseDuration("-0s", &problem), 0s);
}

TEST(ParseDuration, SaysWhatIsWrong) {
  for (const char* const text :
       {"", "1", "s", "-s", "--1s", "+5s", "1.s", ".5s", "1.-5s", "1.5.5s",
        " 1s", "5 s", "5ms", "1m", "1e3s"}) {
    std::string problem;
    EXPECT_EQ(ParseDuration(text, &problem), std::nullopt) << text;
    EXPECT_EQ(problem, "must be a duration like \"1.5s\", is " + Quoted(text));
  }
  const struct {
    const char* text;
    const char* problem;
  } cases[] = {
      {"1.0000000000s",
       "must have at most 9 digits after the point, is \"1.0000000000s\""},
      {"9223372036.854775808s",
       "must be within +-9223372036.854775807s, is \"9223372036.854775808s\""},
      {"-9223372036.854775808s",
       "must be within +-9223372036.854775807s, is "
       "\"-9223372036.854775808s\""},
      {"100000000000000000000s",
       "must be within +-9223372036.854775807s, is "
       "\"100000000000000000000s\""},
  };
  for (const auto& c : cases) {
    std::string problem;
    EXPECT_EQ(ParseDuration(c.text, &problem), std::nullopt) << c.text;
    EXPECT_EQ(problem, c.problem);
  }
}

TEST(JoinDuration, IsSecondsAndNanosOfOneSign) {
  EXPECT_EQ(JoinDuration(1, 500'000'000), 1500ms);
  EXPECT_EQ(JoinDuration(-1, -500'000'000), -1500ms);
  EXPECT_EQ(JoinDuration(0, -1), Duration(-1));
  EXPECT_EQ(JoinDuration(1, -1), std::nullopt);
  EXPECT_EQ(JoinDuration(-1, 1), std::nullopt);
  EXPECT_EQ(JoinDuration(0, 1'000'000'000), std::nullopt);
  EXPECT_EQ(JoinDuration(0, -1'000'000'000), std::nullopt);
  EXPECT_EQ(JoinDuration(INT64_MAX, 0), std::nullopt);
  EXPECT_EQ(JoinDuration(INT64_MIN, 0), std::nullopt);
  EXPECT_EQ(JoinDuration(9'223'372'036, 854'775'807), Duration::max());
  EXPECT_EQ(JoinDuration(9'223'372'036, 854'775'808), std::nullopt);
}

TEST(Quoted, IsOneLineForAnyText) {
  EXPECT_EQ(Quoted("abc"), "\"abc\"");
  EXPECT_EQ(Quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c\\nd\"");
  EXPECT_EQ(Quoted("K\xc3\xa4se"), "\"K\xc3\xa4se\"");
  EXPECT_EQ(Quoted("K\xe4se"), "\"K\\xe4se\"");
  EXPECT_EQ(Quoted(std::string(80, 'x')), "\"" + std::string(80, 'x') + "\"");
  EXPECT_EQ(Quoted(std::string(81, 'x')),
            "\"" + std::string(80, 'x') + "...\"");
  EXPECT_EQ(Escaped(std::string(79, 'x') + "\xc3\xa4"),
            std::string(79, 'x') + "...");
}

// U+009B begins an escape sequence, and U+202E reverses the text after it.
TEST(Quoted, LeavesNothingThatControlsATerminal) {
  EXPECT_EQ(Quoted("a\x1b[2J\x7f"), R"("a\x1b[2J\x7f")");
  EXPECT_EQ(Quoted("\u00e4\xc2\x9b"
                   "2J"),
            "\"\u00e4\\xc2\\x9b\\x32J\"");
  EXPECT_EQ(Quoted("\u202eabc"), R"("\xe2\x80\xae\x61\x62\x63")");
  EXPECT_EQ(Quoted("\u2028\ufeff."), R"("\xe2\x80\xa8\xef\xbb\xbf.")");
  EXPECT_EQ(Quoted("\u2027\u202f\u4e2d"), "\"\u2027\u202f\u4e2d\"");
  EXPECT_EQ(Quoted("K\u00e4\xe4se"), "\"K\u00e4\\xe4se\"");
}

TEST(OneLine, KeepsQuotesAndAnyLength) {
  EXPECT_EQ(OneLine("it's \"C:\\x\"\n\x1b!"), "it's \"C:\\x\"\\n\\x1b!");
  EXPECT_EQ(OneLine(std::string(200, 'x')), std::string(200, 'x'));
}

TEST(IsUtf8, RefusesEveryMalformedSequence) {
  for (const char* const good :
       {"", "abc", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
        "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << Quoted(good);
  }
  for (const char* const bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf",
        "\xe1\x80", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "abc\xfe"}) {
    EXPECT_FALSE(IsUtf8(bad)) << Quoted(bad);
  }
}

}  // namespace
}  // namespace fusebox::internal
