#include "tools/text/time_text.h"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/quoted.h"

namespace fusebox::tool {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kSecond = 1000;  // in milliseconds, as all below
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

struct Unit {
  std::string_view name;
  int64_t length;
};

constexpr Unit kUnits[] = {{"d", kDay},    {"h", kHour},   {"min", kMinute},
                           {"m", kMinute}, {"s", kSecond}, {"ms", 1}};

// "3m12s", or "3m" where the rest is nothing.
std::string TwoUnits(int64_t length, const Unit& large, const Unit& small) {
  std::string text =
      std::to_string(length / large.length) + std::string(large.name);
  if (const int64_t rest = length % large.length / small.length; rest != 0) {
    text += std::to_string(rest) + std::string(small.name);
  }
  return text;
}

std::string Local(const google::protobuf::Timestamp& time, const char* format) {
  const time_t seconds = time.seconds();
  tm parts = {};
  char text[64] = "";
  if (localtime_r(&seconds, &parts) == nullptr ||
      strftime(text, sizeof(text), format, &parts) == 0) {
    return "?";
  }
  const int64_t ms = std::clamp(time.nanos() / 1'000'000, 0, 999);
  std::string digits = std::to_string(1000 + ms);
  digits[0] = '.';
  return text + digits;
}

}  // namespace

std::string DurationWords(Duration length) {
  constexpr int64_t kTenth = 100;
  constexpr int64_t kShort = 10 * kSecond;  // tenths are told
  int64_t ms = std::chrono::ceil<milliseconds>(length).count();
  if (ms < 0) ms = 0;
  const auto up_to = [&](int64_t unit) {
    return (ms + unit - 1) / unit * unit;
  };
  if (up_to(kTenth) < kShort) {
    ms = up_to(kTenth);
    std::string text = std::to_string(ms / kSecond);
    if (ms % kSecond != 0) text += "." + std::to_string(ms % kSecond / kTenth);
    return text + "s";
  }
  if (ms = up_to(kSecond); ms < kMinute) {
    return std::to_string(ms / kSecond) + "s";
  }
  if (ms < kHour) return TwoUnits(ms, {"m", kMinute}, {"s", kSecond});
  if (ms = up_to(kMinute); ms < kDay) {
    return TwoUnits(ms, {"h", kHour}, {"m", kMinute});
  }
  ms = up_to(kHour);
  return TwoUnits(ms, {"d", kDay}, {"h", kHour});
}

absl::StatusOr<Duration> ParseDurationWords(std::string_view text) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(
        "must be a duration like 10m, 1h30m or 90s, is " + Quoted(text));
  };
  constexpr int64_t kMost =
      std::chrono::duration_cast<milliseconds>(Duration::max()).count();
  int64_t total = 0;
  int64_t last = INT64_MAX;  // the unit before
  std::string_view rest = text;
  while (!rest.empty()) {
    int64_t number = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc() || rest.front() == '-') return wrong();
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    const std::string_view name =
        rest.substr(0, std::min(rest.find_first_of("0123456789"), rest.size()));
    const Unit* const unit =
        std::find_if(std::begin(kUnits), std::end(kUnits),
                     [&](const Unit& u) { return u.name == name; });
    if (unit == std::end(kUnits) || unit->length >= last) return wrong();
    last = unit->length;
    if (number > (kMost - total) / last) return wrong();
    total += number * last;
    rest.remove_prefix(name.size());
  }
  if (text.empty()) return wrong();
  return milliseconds(total);
}

Duration ToDuration(const google::protobuf::Duration& duration) {
  return JoinDuration(duration.seconds(), duration.nanos())
      .value_or(Duration::max());
}

google::protobuf::Duration FromDuration(Duration duration) {
  constexpr int64_t kPerSecond = 1'000'000'000;
  google::protobuf::Duration message;
  message.set_seconds(duration.count() / kPerSecond);
  message.set_nanos(static_cast<int32_t>(duration.count() % kPerSecond));
  return message;
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return Local(time, "%Y-%m-%d %H:%M:%S");
}

std::string ClockText(const google::protobuf::Timestamp& time) {
  return Local(time, "%H:%M:%S");
}

}  // namespace fusebox::tool
