// bounded_json_test.cc: whatever a process sends, its JSON is bounded and
// valid.

#include "tools/dashboard/bounded_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "fusebox/v1/admin.pb.h"

namespace fusebox::tool {
namespace {

using nlohmann::json;
using testing::SizeIs;

TEST(BoundedJson, IsProto3JsonOnOneLine) {
  v1::Breaker breaker;
  breaker.mutable_name()->set_method("</script><b>\n\"\\");
  breaker.set_state(v1::OPEN);
  breaker.set_operator_mode(v1::Policy::ENFORCE);
  breaker.mutable_probe_in()->set_seconds(1);
  breaker.mutable_probe_in()->set_nanos(500'000'000);
  breaker.mutable_totals()->set_successes(1'000'000);
  const std::string text = BoundedJson(breaker);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(json::parse(text), json::parse(R"({
      "name": {"method": "</script><b>\n\"\\"},
      "state": "OPEN", "operatorMode": "ENFORCE", "probeIn": "1.500s",
      "totals": {"successes": "1000000"}})"));
}

TEST(BoundedJson, ClipsTextsBetweenCharacters) {
  std::string cause;
  for (int i = 0; i < 4000; ++i) cause += "\u20ac";
  v1::Breaker breaker;
  breaker.set_cause(cause);
  breaker.mutable_name()->set_key(std::string(kMaxTextBytes, 'k'));
  const json clipped = json::parse(BoundedJson(breaker));
  EXPECT_EQ(clipped["cause"], cause.substr(0, 1023) + "...");
  EXPECT_EQ(clipped["name"]["key"], breaker.name().key());
}

TEST(BoundedJson, BoundsMaps) {
  v1::Breaker breaker;
  auto& rejected = *breaker.mutable_totals()->mutable_rejected();
  for (int i = 0; i < 1000; ++i) {
    rejected[std::to_string(i) + std::string(10'000, 'x')] = 1;
  }
  const std::string text = BoundedJson(breaker);
  EXPECT_THAT(json::parse(text)["totals"]["rejected"], SizeIs(32));
  EXPECT_LT(text.size(), 40'000u);
}

TEST(BoundedJson, LeavesOutWhatJsonCannotExpress) {
  v1::Breaker breaker;
  breaker.mutable_name()->set_method("/s/M");
  breaker.mutable_probe_in()->set_seconds(std::numeric_limits<int64_t>::max());
  breaker.mutable_in_state()->set_seconds(std::numeric_limits<int64_t>::min());
  breaker.mutable_open_time()->set_nanos(2'000'000'000);
  breaker.mutable_since()->set_nanos(-1);
  breaker.mutable_thresholds()->set_failure_rate(
      std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(json::parse(BoundedJson(breaker)), json::parse(R"({
      "name": {"method": "/s/M"}, "thresholds": {"failureRate": "NaN"}})"));
}

}  // namespace
}  // namespace fusebox::tool
