#include "tools/replay/call_columns.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/text.h"
#include "fusebox/policy/status_code.h"

namespace fusebox::tool {
namespace {

// Half of what a clock with nanoseconds can hold, so that the sum of a start
// and a duration fits.
constexpr int64_t kMaxMicros = std::numeric_limits<int64_t>::max() / 2000;

bool IsInteger(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// Converts an integer. If an int64_t cannot hold it, returns the nearest value
// that it can.
int64_t ToInteger(std::string_view text) {
  int64_t value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  return text[0] == '-' ? std::numeric_limits<int64_t>::min()
                        : std::numeric_limits<int64_t>::max();
}

// Converts a number of units to microseconds.
std::optional<int64_t> ToMicros(std::string_view text, double unit) {
  if (unit == 1 && IsInteger(text)) {
    const int64_t micros = ToInteger(text);
    if (micros < 0 || micros > kMaxMicros) return std::nullopt;
    return micros;
  }
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  const double micros = std::round(number * unit);
  if (result.ec != std::errc() || result.ptr != end ||
      !(micros >= 0 && micros <= static_cast<double>(kMaxMicros))) {
    return std::nullopt;
  }
  return static_cast<int64_t>(micros);
}

std::optional<int64_t> ToMicros(Duration duration) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  if (micros < 0 || micros > kMaxMicros) return std::nullopt;
  return micros;
}

std::optional<int64_t> ParseStart(std::string_view text, double unit) {
  if (const auto micros = ToMicros(text, unit)) return micros;
  absl::Time time;
  if (text.find(':') == std::string_view::npos ||
      !absl::ParseTime(absl::RFC3339_full,
                       absl::string_view(text.data(), text.size()), &time,
                       nullptr)) {
    return std::nullopt;
  }
  const int64_t micros = absl::ToUnixMicros(time);
  if (micros < 0 || micros > kMaxMicros) return std::nullopt;
  return micros;
}

std::optional<int64_t> ParseDurationMicros(std::string_view text, double unit) {
  if (const auto micros = ToMicros(text, unit)) return micros;
  std::string problem;
  const std::optional<Duration> duration = ParseDuration(text, &problem);
  return duration ? ToMicros(*duration) : std::nullopt;
}

bool SameName(std::string_view a, std::string_view b) {
  return absl::AsciiStrToLower(std::string(a)) ==
         absl::AsciiStrToLower(std::string(b));
}

// Returns whether two names of a code are the same but for case and
// underscores.
bool SameCode(std::string_view text, std::string_view name) {
  size_t at = 0;
  for (const char c : text) {
    if (c == '_') continue;
    if (at < name.size() && name[at] == '_') ++at;
    if (at == name.size() ||
        absl::ascii_toupper(static_cast<unsigned char>(c)) != name[at]) {
      return false;
    }
    ++at;
  }
  return at == name.size();
}

std::optional<int> ParseCode(std::string_view text) {
  if (IsInteger(text)) {
    const int64_t number = ToInteger(text);
    const bool known = number >= 0 && number < kStatusCodeCount;
    return static_cast<int>(
        CanonicalCode(known ? static_cast<int>(number) : kStatusCodeCount));
  }
  // "StatusCode.UNAVAILABLE", "grpc::StatusCode::UNAVAILABLE"
  text.remove_prefix(text.find_last_of(".:") + 1);
  if (SameCode(text, "CANCELED")) text = "CANCELLED";
  for (int i = 0; i < kStatusCodeCount; ++i) {
    if (SameCode(text, StatusCodeName(i))) return i;
  }
  return std::nullopt;
}

}  // namespace

const CallColumns::Name* CallColumns::Find(std::string_view name) {
  static constexpr Name kNames[] = {
      {"start_us", kStart, 1},        {"start_ms", kStart, 1e3},
      {"start_s", kStart, 1e6},       {"start", kStart, 1},
      {"duration_us", kDuration, 1},  {"duration_ms", kDuration, 1e3},
      {"duration_s", kDuration, 1e6}, {"duration", kDuration, 1},
      {"method", kMethod, 1},         {"code", kCode, 1},
      {"status", kCode, 1},           {"status_code", kCode, 1},
      {"grpc_code", kCode, 1},        {"pushback_ms", kPushback, 1}};
  for (const Name& known : kNames) {
    if (SameName(known.name, name)) return &known;
  }
  return nullptr;
}

std::optional<CsvProblem> CallColumns::ReadHeader(std::string_view line) {
  if (auto problem = line_.Split(line)) return problem;
  count_ = line_.fields().size();
  for (size_t i = 0; i < count_; ++i) {
    const CsvField& field = line_.fields()[i];
    const Name* const known = Find(field.text);
    if (known == nullptr) continue;
    std::optional<Column>& column = columns_[known->fact];
    if (column) {
      return CsvProblem{field.offset, "the header must have one of " +
                                          std::string(column->name) + " and " +
                                          std::string(known->name)};
    }
    column = Column{known->name, known->unit, i};
  }
  static constexpr std::string_view kNeeded[] = {"start_us", "duration_us",
                                                 "method", "code"};
  std::string missing;
  for (size_t fact = 0; fact < std::size(kNeeded); ++fact) {
    if (columns_[fact]) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(kNeeded[fact]);
  }
  if (missing.empty()) return std::nullopt;
  return CsvProblem{0,
                    "the header must name the columns start_us, duration_us, "
                    "method and code; there is no " +
                        missing,
                    Quoted(line)};
}

std::optional<CsvProblem> CallColumns::Read(std::string_view line,
                                            RecordedCall* call) {
  if (auto problem = line_.Split(line)) return problem;
  const std::vector<CsvField>& fields = line_.fields();
  if (fields.size() != count_) {
    return CsvProblem{
        0, "must have " + std::to_string(count_) + " fields, as the header has",
        std::to_string(fields.size())};
  }
  call->pushback_ms = 0;
  for (size_t fact = 0; fact < kFacts; ++fact) {
    if (!columns_[fact]) continue;
    const CsvField& field = fields[columns_[fact]->place];
    auto problem = ReadFact(static_cast<Fact>(fact), field.text, call);
    if (!problem) continue;
    problem->offset = field.offset;
    problem->rule =
        std::string(columns_[fact]->name) + " must be " + problem->rule;
    problem->value = Quoted(field.text);
    return problem;
  }
  return std::nullopt;
}

std::optional<CsvProblem> CallColumns::ReadFact(Fact fact,
                                                std::string_view text,
                                                RecordedCall* call) {
  const double unit = columns_[fact]->unit;
  const auto bad = [](std::string rule) {
    return CsvProblem{0, std::move(rule)};
  };
  const auto at_most = [&] {
    return "in [0, " + std::to_string(kMaxMicros / static_cast<int64_t>(unit)) +
           "]";
  };
  switch (fact) {
    case kStart:
      if (const auto micros = ParseStart(text, unit)) {
        call->start_us = *micros;
        return std::nullopt;
      }
      return bad("a number " + at_most() +
                 " or a time like 2026-01-02T03:04:05Z");
    case kDuration:
      if (const auto micros = ParseDurationMicros(text, unit)) {
        call->duration_us = *micros;
        return std::nullopt;
      }
      return bad("a number " + at_most() + " or a duration like \"0.25s\"");
    case kMethod:
      if (ReadMethod(text, call)) return std::nullopt;
      return bad("a name like /shop.v1.Cart/Checkout");
    case kCode:
      if (const auto code = ParseCode(text)) {
        call->code = *code;
        return std::nullopt;
      }
      return bad("a status code like UNAVAILABLE or 14");
    default:
      if (!text.empty() && !IsInteger(text)) return bad("an integer or empty");
      call->pushback_ms =
          text.empty() ? 0 : std::max<int64_t>(0, ToInteger(text));
      return std::nullopt;
  }
}

bool CallColumns::ReadMethod(std::string_view text, RecordedCall* call) {
  if (text.empty() || text[0] != '/') {
    method_.assign("/").append(text);
    text = method_;
  }
  call->method = text;
  const size_t slash = text.find('/', 1);
  return slash != std::string_view::npos && slash > 1 &&
         slash + 1 < text.size();
}

}  // namespace fusebox::tool
