// encoding_test.cc: configs in other encodings, and with bytes that would
// control a terminal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "fusebox/base/text.h"
#include "fusebox/config/config_parser.h"

namespace fusebox {
namespace {

using testing::HasSubstr;

// As editors and shells on Windows write them.
TEST(ParseConfig, AcceptsAByteOrderMarkAndCrLf) {
  const std::string mark = "\xef\xbb\xbf";
  for (const std::string& json :
       {mark + "{\"defaultPolicy\":\r\n{\"consecutiveFailures\": 7}}\r\n",
        mark + "\r\n{\"defaultPolicy\": {\"consecutiveFailures\": 7}}"}) {
    const auto config = ParseConfigJson(json);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->default_policy.consecutive_failures, 7u);
  }
  const auto config = ParseConfigTextproto(
      mark + "default_policy {\r\n  consecutive_failures: 7\r\n}\r\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->default_policy.consecutive_failures, 7u);
  EXPECT_THAT(std::string(ParseConfigJson(mark + "{!").status().message()),
              HasSubstr("line 1, column 2: "));
  EXPECT_THAT(std::string(ParseConfigTextproto(mark).status().message()),
              HasSubstr("config: must have at least one field"));
}

TEST(ParseConfig, SaysThatUtf16IsNotUtf8) {
  const std::string little("\xff\xfe{\0}\0", 6);
  const std::string big("\xfe\xff\0{\0}", 6);
  for (const std::string& text : {little, big}) {
    for (const auto& config :
         {ParseConfigJson(text), ParseConfigTextproto(text)}) {
      EXPECT_EQ(config.status().message(), "config: must be UTF-8, is UTF-16");
    }
  }
}

TEST(ParseConfig, ErrorsAreSafeToPrint) {
  const std::string csi = "\x1b[2J\x7f\xc2\x9b\xe2\x80\xae";
  for (const absl::Status& status :
       {ParseConfigJson("{\"defaultPolicy\": {\"preset\": \"" + csi).status(),
        ParseConfigJson("{\"\xc2\x9b\x7f\": 1}").status(),
        ParseConfigJson("{\"defaultPolicy\": {\"preset\": \"\xc2\x9b\"}}")
            .status(),
        ParseConfigTextproto("default_policy { preset: \"" + csi + "\" }")
            .status(),
        ParseConfigTextproto("default_policy { open_duration: \"" + csi +
                             "\" }")
            .status(),
        LoadConfigFile("/nowhere/" + csi + ".json").status(),
        LoadConfigFile("/nowhere/" + csi).status()}) {
    EXPECT_FALSE(status.ok());
    for (const std::string bad : {"\x1b", "\x7f", "\xc2\x9b", "\u202e"}) {
      EXPECT_EQ(status.message().find(bad), std::string::npos)
          << Quoted(std::string(status.message()));
    }
  }
}

}  // namespace
}  // namespace fusebox
