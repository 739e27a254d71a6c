#include "fusebox/policy/policy.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/internal/enum_name.h"
#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/status_code.h"

namespace fusebox {
namespace {

bool IsErrorCode(absl::StatusCode code) {
  return code != absl::StatusCode::kOk &&
         CanonicalCode(static_cast<int>(code)) == code;
}

// "OK"; the number if no code has it.
std::string Print(absl::StatusCode code) {
  const int number = static_cast<int>(code);
  return CanonicalCode(number) == code ? std::string(StatusCodeName(number))
                                       : std::to_string(number);
}

void CheckCode(const std::string& path, absl::StatusCode code,
               Problems* problems) {
  if (IsErrorCode(code)) return;
  problems->push_back(
      {path, "must be a status code other than OK", Print(code)});
}

void CheckCodes(const std::string& list,
                const std::vector<absl::StatusCode>& codes,
                Problems* problems) {
  for (size_t i = 0; i < codes.size(); ++i) {
    CheckCode(ElementPath(list, i), codes[i], problems);
    const auto first = std::find(codes.begin(), codes.end(), codes[i]);
    if (const auto at = static_cast<size_t>(first - codes.begin()); at != i) {
      problems->push_back({ElementPath(list, i),
                           "must be given once, {value} is also {other}",
                           Print(codes[i]), ElementPath(list, at)});
    }
  }
}

void CheckNotNegative(const char* path, Duration value, Problems* problems) {
  if (value >= Duration::zero()) return;
  problems->push_back({path, "must be at least 0s", FormatDuration(value)});
}

}  // namespace

std::string_view Name(StreamVerdict verdict) {
  constexpr std::string_view kNames[] = {"FIRST_MESSAGE", "FINAL_STATUS"};
  return internal::EnumName<2>(kNames, verdict);
}

std::string_view Name(Scope scope) {
  constexpr std::string_view kNames[] = {"METHOD", "SERVICE", "CHANNEL"};
  return internal::EnumName<3>(kNames, scope);
}

Policy Policy::Classic() { return Policy(); }

Policy Policy::Responsive() {
  Policy policy;
  policy.failure_rate = FailureRate{0.5, 20};
  policy.open_duration = std::chrono::seconds(1);
  policy.open_backoff = OpenBackoff{2, std::chrono::seconds(60), 0.2};
  policy.half_open.successes_to_close = 2;
  return policy;
}

bool operator==(const Policy& a, const Policy& b) {
  return a.settings() == b.settings() && a.failure_codes == b.failure_codes &&
         a.ignored_codes == b.ignored_codes &&
         a.min_deadline == b.min_deadline &&
         a.idle_stream_age == b.idle_stream_age &&
         a.stream_verdict == b.stream_verdict &&
         a.count_broken_streams == b.count_broken_streams &&
         a.rejection_code == b.rejection_code && a.scope == b.scope;
}
bool operator!=(const Policy& a, const Policy& b) { return !(a == b); }

Problems Policy::Validate() const {
  Problems problems = Settings::Validate();
  CheckCodes("failure_codes", failure_codes, &problems);
  CheckCodes("ignored_codes", ignored_codes, &problems);
  for (size_t i = 0; i < ignored_codes.size(); ++i) {
    if (std::count(failure_codes.begin(), failure_codes.end(),
                   ignored_codes[i]) != 0) {
      problems.push_back({ElementPath("ignored_codes", i),
                          "must not be in {other} too", Print(ignored_codes[i]),
                          "failure_codes"});
    }
  }
  CheckNotNegative("min_deadline", min_deadline, &problems);
  CheckNotNegative("idle_stream_age", idle_stream_age, &problems);
  if (Name(stream_verdict) == "?") {
    problems.push_back({"stream_verdict",
                        "must be FIRST_MESSAGE or FINAL_STATUS",
                        std::to_string(static_cast<int>(stream_verdict))});
  }
  CheckCode("rejection_code", rejection_code, &problems);
  if (Name(scope) == "?") {
    problems.push_back({"scope", "must be METHOD, SERVICE or CHANNEL",
                        std::to_string(static_cast<int>(scope))});
  }
  return problems;
}

}  // namespace fusebox
