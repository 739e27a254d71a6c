// Which fallbacks Fallbacks::Build() accepts and which it refuses.

#include <google/protobuf/struct.pb.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "fusebox/base/problem.h"
#include "fusebox/grpc/fallback.h"
#include "tests/grpc/echo.grpc.pb.h"
#include "tests/grpc/fallback_test.h"

namespace fusebox::internal {
namespace {

using google::protobuf::Struct;

std::string Problem(const Fallbacks& fallbacks) {
  const absl::Status status = fallbacks.Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(Fallbacks, MayBeAHandlerAndACacheInEitherOrderOrNothing) {
  const auto cache = std::make_shared<TextCache>();
  Fallbacks one, other;
  one.On(kSay, cache).On<Text, Text>(kSay, Decline);
  other.On<Text, Text>(kSay, Decline).On(kSay, cache);
  for (const Fallbacks& fallbacks : {one, other, Fallbacks()}) {
    EXPECT_EQ(fallbacks.Build().status(), absl::OkStatus());
  }
}

TEST(Fallbacks, AcceptsAMethodOfAServiceThatTheProgramDoesNotKnow) {
  Fallbacks fallbacks;
  fallbacks.On("/some.Where/Else",
               std::make_shared<StaleCache<Struct, Text>>());
  EXPECT_EQ(fallbacks.Build().status(), absl::OkStatus());
}

TEST(Fallbacks, RefusesANameThatIsNotAMethod) {
  for (const char* name : {"", "/", "Say", "/Say", "//Say", "/Echo/",
                           "Echo/Say", "/a/b/c", "fusebox.test.Echo.Say"}) {
    EXPECT_EQ(Problem(Fallbacks().On<Text, Text>(name, Decline)),
              "On(\"" + std::string(name) +
                  "\"): must be of the form \"/package.Service/Method\"");
  }
}

TEST(Fallbacks, RefusesAMethodThatItsServiceDoesNotHave) {
  EXPECT_EQ(
      Problem(Fallbacks().On<Text, Text>("/fusebox.test.Echo/Sya", Decline)),
      "On(\"/fusebox.test.Echo/Sya\"): must be a method of fusebox.test.Echo, "
      "which has Say, Collect, Repeat, Chat");
}

TEST(Fallbacks, RefusesAStreamingMethod) {
  for (const char* method : {kCollect, kRepeat, kChat}) {
    EXPECT_EQ(Problem(Fallbacks().On<Text, Text>(method, Decline)),
              "On(\"" + std::string(method) +
                  "\"): must be a unary method, is a streaming one");
  }
}

TEST(Fallbacks, RefusesMessageTypesOtherThanTheMethods) {
  EXPECT_EQ(Problem(Fallbacks().On(
                kSay, std::make_shared<StaleCache<Struct, Text>>())),
            "On(\"/fusebox.test.Echo/Say\").Request: must be "
            "fusebox.test.Text, is google.protobuf.Struct");
  EXPECT_EQ(Problem(Fallbacks().On(
                kSay, std::make_shared<StaleCache<Text, Struct>>())),
            "On(\"/fusebox.test.Echo/Say\").Response: must be "
            "fusebox.test.Text, is google.protobuf.Struct");
}

TEST(Fallbacks, RefusesMessageTypesThatDifferFromTheFirstFallback) {
  const auto struct_cache = std::make_shared<StaleCache<Struct, Struct>>();
  EXPECT_EQ(Problem(Fallbacks()
                        .On<Text, Text>("/some.Where/Else", Decline)
                        .On("/some.Where/Else", struct_cache)),
            "On(\"/some.Where/Else\").Request: must be fusebox.test.Text, is "
            "google.protobuf.Struct; On(\"/some.Where/Else\").Response: must "
            "be fusebox.test.Text, is google.protobuf.Struct");
}

TEST(Fallbacks, RefusesNullAndDuplicateFallbacks) {
  EXPECT_EQ(Problem(Fallbacks().On<Text, Text>(kSay, TextHandler())),
            "On(\"/fusebox.test.Echo/Say\").handler: must be a function, is "
            "null");
  EXPECT_EQ(Problem(Fallbacks().On(kSay, std::shared_ptr<TextCache>())),
            "On(\"/fusebox.test.Echo/Say\").cache: must be a cache, is null");
  EXPECT_EQ(Problem(Fallbacks()
                        .On<Text, Text>(kSay, Decline)
                        .On<Text, Text>(kSay, Decline)),
            "On(\"/fusebox.test.Echo/Say\").handler: must be the only one, is "
            "another");
  const auto cache = std::make_shared<TextCache>();
  EXPECT_EQ(Problem(Fallbacks().On(kSay, cache).On(kSay, cache)),
            "On(\"/fusebox.test.Echo/Say\").cache: must be the only one, is "
            "another");
}

TEST(Fallbacks, ReportsAllProblemsOfCacheOptionsAtOnce) {
  StaleCacheOptions options;
  options.max_entries = 0;
  options.max_bytes = LruStore::kEntryOverhead;
  options.ttl = Duration::zero();
  options.clock = nullptr;
  const std::string path = "On(\"/fusebox.test.Echo/Say\").cache.";
  EXPECT_EQ(Problem(Fallbacks().On(kSay, std::make_shared<TextCache>(options))),
            path + "max_entries: must be at least 1, is 0; " + path +
                "max_bytes: must be more than 256, which an entry needs beside "
                "its key and its response, is 256; " +
                path + "ttl: must be more than 0s, is 0s; " + path +
                "clock: must be a clock, such as &PreciseClock(), is null");
}

TEST(Fallbacks, AcceptsTheMinimumAndTheMaximumOfEachOption) {
  StaleCacheOptions options;
  options.max_entries = 1;
  options.max_bytes = LruStore::kEntryOverhead + 1;
  options.ttl = Duration(1);
  EXPECT_TRUE(options.Validate().empty());
  options.max_entries = std::numeric_limits<size_t>::max();
  options.max_bytes = std::numeric_limits<size_t>::max();
  options.ttl = Duration::max();
  EXPECT_TRUE(options.Validate().empty());
  EXPECT_TRUE(StaleCacheOptions().Validate().empty());
}

}  // namespace
}  // namespace fusebox::internal
