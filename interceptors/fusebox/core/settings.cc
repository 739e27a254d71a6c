#include "fusebox/core/settings.h"

#include <ostream>
#include <string>
#include <tuple>

#include "fusebox/core/clock.h"
#include "fusebox/core/types.h"

namespace fusebox {
namespace {

constexpr uint32_t kMostProbes = 4096;

auto Fields(const HalfOpen& h) {
  return std::tie(h.max_probes, h.successes_to_close, h.timeout);
}

auto Fields(const Settings& s) {
  return std::tie(s.consecutive_failures, s.open_duration, s.half_open,
                  s.honor_pushback, s.max_pushback, s.mode);
}

void RequirePositive(const char* path, Duration value, Problems* problems) {
  if (value <= Duration::zero()) {
    problems->push_back(
        {path, "must be greater than 0s, is " + FormatDuration(value)});
  }
}

}  // namespace

bool operator==(const Problem& a, const Problem& b) {
  return a.path == b.path && a.message == b.message;
}

std::ostream& operator<<(std::ostream& os, const Problem& problem) {
  return os << problem.path << ": " << problem.message;
}

std::string ToString(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += "; ";
    text += problem.path + ": " + problem.message;
  }
  return text;
}

bool operator==(const HalfOpen& a, const HalfOpen& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const HalfOpen& a, const HalfOpen& b) { return !(a == b); }

bool operator==(const Settings& a, const Settings& b) {
  return Fields(a) == Fields(b);
}
bool operator!=(const Settings& a, const Settings& b) { return !(a == b); }

Problems Settings::Validate() const {
  Problems problems;
  RequirePositive("open_duration", open_duration, &problems);
  if (half_open.max_probes < 1 || half_open.max_probes > kMostProbes) {
    problems.push_back({"half_open.max_probes",
                        "must be in [1, " + std::to_string(kMostProbes) +
                            "], is " + std::to_string(half_open.max_probes)});
  }
  if (half_open.successes_to_close < 1) {
    problems.push_back(
        {"half_open.successes_to_close", "must be at least 1, is 0"});
  }
  RequirePositive("half_open.timeout", half_open.timeout, &problems);
  if (max_pushback < Duration::zero()) {
    problems.push_back({"max_pushback", "must be at least 0s, is " +
                                            FormatDuration(max_pushback)});
  }
  if (Name(mode) == "?") {
    problems.push_back(
        {"mode", "must be ENFORCE, DRY_RUN, DISABLED or FORCED_OPEN, is " +
                     std::to_string(static_cast<int>(mode))});
  }
  return problems;
}

}  // namespace fusebox
