#include "tools/text/time_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "fusebox/base/text.h"
#include "google/protobuf/util/time_util.h"

namespace fusebox::tool {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  milliseconds length;
};

constexpr Unit kUnits[] = {
    {"d", std::chrono::hours(24)},    {"h", std::chrono::hours(1)},
    {"min", std::chrono::minutes(1)}, {"m", std::chrono::minutes(1)},
    {"s", std::chrono::seconds(1)},   {"ms", milliseconds(1)}};

std::string Local(const google::protobuf::Timestamp& time, const char* format) {
  const int nanos = std::clamp(time.nanos(), 0, 999'999'999);
  return absl::FormatTime(
      format, absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(nanos),
      absl::LocalTimeZone());
}

}  // namespace

absl::StatusOr<Duration> ParseDurationWords(std::string_view text) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(
        "must be a duration like 10m, 1h30m or 90s, is " + Quoted(text));
  };
  constexpr auto kLongest =
      std::chrono::duration_cast<milliseconds>(Duration::max());
  milliseconds total(0);
  milliseconds last = milliseconds::max();  // the previous unit
  std::string_view rest = text;
  do {
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
    if (number > (kLongest - total) / last) return wrong();
    total += number * last;
    rest.remove_prefix(name.size());
  } while (!rest.empty());
  return total;
}

Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::ToChronoNanoseconds(absl::Seconds(duration.seconds()) +
                                   absl::Nanoseconds(duration.nanos()));
}

google::protobuf::Duration FromDuration(Duration duration) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(
      duration.count());
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return Local(time, "%Y-%m-%d %H:%M:%E3S");
}

std::string ClockText(const google::protobuf::Timestamp& time) {
  return Local(time, "%H:%M:%E3S");
}

}  // namespace fusebox::tool
