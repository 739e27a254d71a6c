// text_test.cc: printable text, times, and tables.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fusebox/base/duration_text.h"
#include "tools/text/nearest.h"
#include "tools/text/printable.h"
#include "tools/text/rejection_sums.h"
#include "tools/text/table.h"
#include "tools/text/time_text.h"

namespace fusebox::tool {
namespace {

using namespace std::chrono_literals;  // NOLINT
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Printable, KeepsVisibleText) {
  for (const std::string text :
       {"/shop.v1.Cart/Checkout", "Grüße, 中文, 🙂", "a\\b \"c\""}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, EscapesControlsInvisibleCharactersAndInvalidBytes) {
  struct Case {
    std::string text;
    std::string shown;
  };
  const Case cases[] = {
      {"a\x1b[2Jb", "a\\x1b[2Jb"},
      {std::string("\0", 1), "\\x00"},
      {"a\r\n\tb\x7f", "a\\x0d\\n\\x09b\\x7f"},
      {"\xc2\x9b", "\\u{9b}"},              // CSI in one character
      {"\xe2\x80\xae", "\\u{202e}"},        // right to left
      {"\xe2\x80\x8b", "\\u{200b}"},        // no width
      {"\xf3\xa0\x80\x82", "\\u{e0002}"},   // unassigned
      {"\xff\xc0\xaf", "\\xff\\xc0\\xaf"},  // no UTF-8, overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate
      {"\xe4\xb8", "\\xe4\\xb8"},           // cut short
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
  };
  for (const Case& c : cases) EXPECT_EQ(Printable(c.text), c.shown);
}

TEST(PrintableJson, MeansTheSame) {
  const std::string text = "ä 中\x7f\xc2\x9b\xe2\x80\xae\xf3\xa0\x80\x82\n\"";
  const nlohmann::json json = {{"text", text}};
  const std::string printable = PrintableJson(json.dump(2));
  EXPECT_EQ(
      printable,
      "{\n  \"text\": \"ä 中\\u007f\\u009b\\u202e\\udb40\\udc02\\n\\\"\"\n}");
  EXPECT_EQ(nlohmann::json::parse(printable), json);
}

TEST(DisplayWidth, CountsCells) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("é"), 1u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u) << "combines";
  EXPECT_EQ(DisplayWidth("中文"), 4u);
  EXPECT_EQ(DisplayWidth("🙂"), 2u);
  EXPECT_EQ(DisplayWidth("✅"), 2u) << "an emoji of the first plane";
}

TEST(Fit, CutsAtTheEndOrAtTheStart) {
  EXPECT_EQ(Fit("abcdef", 6), "abcdef");
  EXPECT_EQ(Fit("abcdef", 4), "abc…");
  EXPECT_EQ(Fit("abcdef", 4, Cut::kStart), "…def");
  EXPECT_EQ(Fit("中文字", 4), "中…")
      << "it never cuts a wide character in half";
  EXPECT_EQ(Fit("中文字", 4, Cut::kStart), "…字");
  EXPECT_EQ(Fit("abc", 1), "…");
  EXPECT_EQ(Fit("abc", 0), "");
}

TEST(DurationWords, HaveAtMostTwoUnitsAndRoundUp) {
  struct Case {
    Duration length;
    std::string words;
  };
  const Case cases[] = {
      {0s, "0s"},       {1ns, "0.1s"},     {800ms, "0.8s"},     {1s, "1s"},
      {9900ms, "9.9s"}, {9901ms, "10s"},   {59s, "59s"},        {59001ms, "1m"},
      {192s, "3m12s"},  {1h, "1h"},        {2h + 5min, "2h5m"}, {99h, "4d3h"},
      {-5s, "0s"},      {3599500ms, "1h"}, {48h, "2d"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(DurationWords(c.length), c.words) << c.length.count();
  }
  EXPECT_THAT(DurationWords(Duration::max()), testing::HasSubstr("d"));
}

v1::Event RejectionAt(int64_t second, const std::string& method,
                      const std::string& reason, uint64_t count) {
  v1::Event event;
  event.set_type("REJECTION");
  event.mutable_time()->set_seconds(second);
  event.mutable_breaker()->set_method(method);
  event.set_reason(reason);
  event.set_enforced(true);
  event.set_count(count);
  event.set_text("as it was");
  return event;
}

TEST(SumUpRejections, MakesOneEventPerProcessBreakerAndReason) {
  v1::Event fallback = RejectionAt(6, "/s/A", "", 5);
  fallback.set_type("FALLBACK");
  const auto sums = SumUpRejections({
      {0, RejectionAt(1, "/s/A", "OPEN", 10)},
      {0, RejectionAt(2, "/s/B", "OPEN", 1)},
      {1, RejectionAt(3, "/s/A", "OPEN", 2)},
      {0, RejectionAt(4, "/s/A", "PROBES_BUSY", 3)},
      {0, fallback},
      {0, RejectionAt(5, "/s/A", "OPEN", 1990)},
      {0, fallback},
  });
  ASSERT_THAT(sums, testing::SizeIs(5));
  EXPECT_THAT(
      sums[0].second.text(),
      testing::StartsWith("/s/A: 2,000 calls rejected: OPEN, the last at "));
  EXPECT_EQ(sums[0].second.time().seconds(), 1) << "it began then";
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(sums[i].second.text(), "as it was") << "there is only one";
  }
  EXPECT_THAT(sums[4].second.text(),
              testing::StartsWith("/s/A: 10 rejected calls answered by a "
                                  "fallback, the last at "));
}

TEST(SumUpRejections, OnlyWhatHappensToTheSameBreakerEndsASum) {
  v1::Event other = RejectionAt(2, "/s/B", "", 0);
  other.set_type("TRANSITION");
  v1::Event same = other;
  same.mutable_breaker()->set_method("/s/A");
  v1::Event config;
  config.set_type("CONFIG_UPDATED");
  const v1::Event rejection = RejectionAt(1, "/s/A", "OPEN", 1);
  const auto counts = [](const std::vector<EventOf>& events) {
    std::vector<uint64_t> each;
    for (const auto& [process, event] : SumUpRejections(events)) {
      each.push_back(event.count());
    }
    return each;
  };
  using testing::ElementsAre;
  EXPECT_THAT(counts({{0, rejection}, {0, other}, {0, rejection}}),
              ElementsAre(2, 0));
  EXPECT_THAT(counts({{0, rejection}, {0, config}, {0, rejection}}),
              ElementsAre(2, 0));
  EXPECT_THAT(counts({{0, rejection}, {1, same}, {0, rejection}}),
              ElementsAre(2, 0));
  EXPECT_THAT(counts({{0, rejection}, {0, same}, {0, rejection}}),
              ElementsAre(1, 0, 1));
}

TEST(ParseDurationWords, AcceptsUnitsFromLargeToSmall) {
  struct Case {
    std::string words;
    Duration length;
  };
  const Case cases[] = {
      {"10m", 10min},
      {"10min", 10min},
      {"1h30m", 90min},
      {"90s", 90s},
      {"1d2h3m4s5ms", 26h + 3min + 4s + 5ms},
      {"500ms", 500ms},
      {"0s", 0s},
  };
  for (const Case& c : cases) {
    const auto length = ParseDurationWords(c.words);
    ASSERT_TRUE(length.ok()) << length.status();
    EXPECT_EQ(*length, c.length);
  }
}

TEST(ParseDurationWords, RefusesEverythingElse) {
  for (const std::string words :
       {"", "10", "m", "10 m", " 10m", "10m ", "1m1h", "1m2m", "1m1min", "-1m",
        "+1m", "1.5m", "1e3s", "10M", "99999999999999999999s", "300000000d"}) {
    const auto length = ParseDurationWords(words);
    EXPECT_FALSE(length.ok()) << words;
    EXPECT_THAT(
        std::string(length.status().message()),
        testing::HasSubstr("must be a duration like 10m, 1h30m or 90s"));
  }
}

TEST(TimeText, IsLocalToTheMillisecond) {
  setenv("TZ", "Fixed/UTC+05:30:00", 1);
  google::protobuf::Timestamp time;
  time.set_seconds(1700000000);
  EXPECT_EQ(TimeText(time), "2023-11-15 03:43:20.000");
  time.set_nanos(123'999'999);
  EXPECT_EQ(ClockText(time), "03:43:20.123");
  unsetenv("TZ");
}

TEST(Nearest, HasTheFewestChangedLetters) {
  const std::vector<std::string> names = {"/s/Checkout", "/s/Pay", "/s/Search"};
  EXPECT_EQ(Nearest("/s/checkuot", names), "/s/Checkout");
  EXPECT_EQ(Nearest("Pay", names), "/s/Pay");
  EXPECT_THAT(Nearest("x", {}), IsEmpty());
}

std::vector<std::string> Lines(size_t width) {
  Table table({{"NAME", Cut::kStart, 6},
               {"NONE"},
               {"N", Cut::kEnd, 0, true},
               {"WHY", Cut::kEnd, 5}});
  table.Add({{"/shop.v1.Cart/Pay"}, {""}, {"12"}, {"because of it"}});
  table.Add({{"中"}, {""}, {"3"}, {""}});
  Style style;
  style.width = width;
  return table.Lines(style);
}

TEST(Table, AlignsCellsAndLeavesOutEmptyColumns) {
  EXPECT_THAT(Lines(0), ElementsAre("NAME                N  WHY",
                                    "/shop.v1.Cart/Pay  12  because of it",
                                    "中                  3"));
}

TEST(Table, ShrinksColumnsFromTheRight) {
  EXPECT_THAT(Lines(30), ElementsAre("NAME                N  WHY",
                                     "/shop.v1.Cart/Pay  12  becaus…",
                                     "中                  3"));
  EXPECT_THAT(Lines(20), ElementsAre("NAME        N  WHY",
                                     "…Cart/Pay  12  beca…", "中          3"));
  EXPECT_THAT(Lines(9), ElementsAre("NAME    N", "…t/Pay  …", "中      3"));
}

}  // namespace
}  // namespace fusebox::tool
