#include "fusebox/base/duration_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <system_error>

#include "fusebox/base/clock.h"
#include "fusebox/base/text.h"

namespace fusebox {
namespace {

constexpr int32_t kPerSecond = 1'000'000'000;
constexpr size_t kMaxDigits = 9;

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string FormatDuration(Duration duration) {
  const bool negative = duration < Duration::zero();
  // Unsigned, because the most negative duration has no positive counterpart.
  const uint64_t ns =
      negative ? uint64_t{0} - static_cast<uint64_t>(duration.count())
               : static_cast<uint64_t>(duration.count());
  std::string text = negative ? "-" : "";
  text += std::to_string(ns / kPerSecond);
  if (const uint64_t fraction = ns % kPerSecond; fraction != 0) {
    const std::string digits = std::to_string(fraction);
    text += "." + std::string(9 - digits.size(), '0') + digits;
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "s";
}

std::optional<Duration> JoinDuration(int64_t seconds, int32_t nanos) {
  if (nanos <= -kPerSecond || nanos >= kPerSecond) return std::nullopt;
  if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return std::nullopt;
  }
  constexpr int64_t kMax = Duration::max().count() / kPerSecond;
  constexpr int64_t kMaxNanos = Duration::max().count() % kPerSecond;
  if (seconds > kMax || (seconds == kMax && nanos > kMaxNanos)) {
    return std::nullopt;
  }
  if (seconds < -kMax || (seconds == -kMax && nanos < -kMaxNanos)) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds) + Duration(nanos);
}

std::optional<Duration> ParseDuration(std::string_view text,
                                      std::string* problem) {
  const auto fail = [&](const std::string& rule) {
    *problem = rule + ", is " + Quoted(text);
    return std::nullopt;
  };
  const std::string form = "must be a duration like \"1.5s\"";
  std::string_view rest = text;
  if (rest.empty() || rest.back() != 's') return fail(form);
  rest.remove_suffix(1);
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  std::string fraction(kMaxDigits, '0');
  if (!IsDigits(whole)) return fail(form);
  if (point != std::string_view::npos) {
    const std::string_view digits = rest.substr(point + 1);
    if (!IsDigits(digits)) return fail(form);
    if (digits.size() > kMaxDigits) {
      return fail("must have at most 9 digits after the point");
    }
    fraction.replace(0, digits.size(), digits);
  }
  int64_t seconds = 0;
  int32_t nanos = 0;
  const std::errc error =
      std::from_chars(whole.data(), whole.data() + whole.size(), seconds).ec;
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), nanos);
  std::optional<Duration> duration;
  if (error == std::errc()) {
    duration = negative ? JoinDuration(-seconds, -nanos)
                        : JoinDuration(seconds, nanos);
  }
  if (!duration) {
    return fail("must be within +-" + FormatDuration(Duration::max()));
  }
  return duration;
}

std::string DurationWords(Duration length) {
  using std::chrono::ceil;
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  using std::chrono::seconds;
  using Tenths = std::chrono::duration<Duration::rep, std::deci>;
  const auto two = [](Duration::rep count, Duration::rep per, const char* large,
                      const char* small) {
    std::string text = std::to_string(count / per) + large;
    if (count % per != 0) text += std::to_string(count % per) + small;
    return text;
  };
  length = std::max(length, Duration::zero());
  const Duration::rep tenths = ceil<Tenths>(length).count();
  if (tenths < 100) {
    return std::to_string(tenths / 10) +
           (tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10)) + "s";
  }
  const auto in_seconds = ceil<seconds>(length);
  if (in_seconds < minutes(1)) return std::to_string(in_seconds.count()) + "s";
  if (in_seconds < hours(1)) return two(in_seconds.count(), 60, "m", "s");
  const auto in_minutes = ceil<minutes>(length);
  if (in_minutes < hours(24)) return two(in_minutes.count(), 60, "h", "m");
  return two(ceil<hours>(length).count(), 24, "d", "h");
}

}  // namespace fusebox
