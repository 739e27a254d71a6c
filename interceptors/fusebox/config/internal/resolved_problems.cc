// resolved_problems.cc: what is wrong with a resolved config, told at the place
// where it is written.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"
#include "fusebox/policy/status_code.h"

namespace fusebox::internal {
namespace {

constexpr std::string_view kDefault = "default_policy.";
constexpr std::string_view kEntry = "method_policy[";
constexpr std::string_view kPolicy = "].policy.";

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// "method_policy[3].policy.x": 3, and a policy; "default_policy.x": a policy.
struct Place {
  explicit Place(const std::string& path) {
    if (StartsWith(path, kDefault)) {
      root_size = kDefault.size();
    } else if (StartsWith(path, kEntry)) {
      const char* const end = path.data() + path.size();
      const char* const rest =
          std::from_chars(path.data() + kEntry.size(), end, entry).ptr;
      const auto at = static_cast<size_t>(rest - path.data());
      in_entry = StartsWith(path.substr(at), kPolicy);
      if (in_entry) root_size = at + kPolicy.size();
    }
  }

  int entry = 0;
  bool in_entry = false;
  size_t root_size = 0;  // of the policy's own path; 0: it is in no policy
};

// Whether the message gives the field that `path` ("half_open.timeout") is in.
bool IsGiven(const v1::Policy& policy, std::string_view path) {
  const std::string name(path.substr(0, path.find_first_of(".[")));
  const auto* const field = policy.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && IsPresent(policy, *field);
}

// `problem`, which is of two fields and told of one that `proto` does not give,
// told of the other. Paths are those of a policy.
Problem ToldOfTheGiven(Problem problem, const v1::Policy& proto,
                       const Policy& policy) {
  const std::string& path = problem.path;
  const auto at_least = [&](uint32_t minimum_calls) {
    return Problem{"window.calls", "must be at least " + path + ", which is " +
                                       std::to_string(minimum_calls) +
                                       " and inherited, is " +
                                       std::to_string(policy.window.calls)};
  };
  if (path == "failure_rate.minimum_calls" && proto.has_window()) {
    return at_least(policy.failure_rate->minimum_calls);
  }
  if (path == "slow_call_rate.minimum_calls" && proto.has_window()) {
    return at_least(policy.slow_call_rate->minimum_calls);
  }
  if (path == "open_backoff.max_duration" && proto.has_open_duration()) {
    return {"open_duration",
            "must be at most " + path + ", which is " +
                FormatDuration(policy.open_backoff->max_duration) +
                " and inherited, is " + FormatDuration(policy.open_duration)};
  }
  if (StartsWith(path, "ignored_codes[") && proto.failure_codes_size() != 0) {
    const auto& failures = policy.failure_codes;
    for (size_t i = 0; i < failures.size(); ++i) {
      if (std::count(policy.ignored_codes.begin(), policy.ignored_codes.end(),
                     failures[i]) != 0) {
        return {"failure_codes[" + std::to_string(i) + "]",
                "must not be in ignored_codes too, which are inherited, is " +
                    std::string(StatusCodeName(static_cast<int>(failures[i])))};
      }
    }
  }
  return problem;
}

// Whether `path` is one of `paths`, or inside of one, or around one.
bool IsRelated(const std::string& path, const std::set<std::string>& paths) {
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find_first_of(".[", end + 1);
    if (paths.count(path.substr(0, end)) != 0) return true;
  }
  for (const char* const separator : {".", "["}) {
    const auto inside = paths.lower_bound(path + separator);
    if (inside != paths.end() && StartsWith(*inside, path + separator)) {
      return true;
    }
  }
  return false;
}

// Whether `message` compares with a field that is one of `paths`: "must be at
// least open_duration, which is 60s, is 5s".
bool ComparesWith(const std::string& message,
                  const std::set<std::string>& paths) {
  const size_t end = message.find(", which is");
  if (end == std::string::npos) return false;
  const std::string field =
      "." + message.substr(message.rfind(' ', end) + 1,
                           end - message.rfind(' ', end) - 1);
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return path.size() > field.size() &&
           path.compare(path.size() - field.size(), field.size(), field) == 0;
  });
}

}  // namespace

Problems ValidateResolved(const v1::Config& proto, const Config& config) {
  Problems problems;
  std::set<std::pair<std::string, std::string>> of_default;
  for (Problem& problem : config.Validate()) {
    const Place place(problem.path);
    if (place.root_size == 0) {
      problems.push_back(std::move(problem));
      continue;
    }
    const v1::Policy& given = place.in_entry
                                  ? proto.method_policy(place.entry).policy()
                                  : proto.default_policy();
    const Policy& policy =
        place.in_entry
            ? config.method_policy[static_cast<size_t>(place.entry)].policy
            : config.default_policy;
    const std::string root = problem.path.substr(0, place.root_size);
    Problem inside = {problem.path.substr(place.root_size),
                      std::move(problem.message)};
    if (!place.in_entry) of_default.insert({inside.path, inside.message});
    if (!IsGiven(given, inside.path)) {
      if (place.in_entry &&
          of_default.count({inside.path, inside.message}) != 0) {
        continue;
      }
      inside = ToldOfTheGiven(std::move(inside), given, policy);
    }
    problems.push_back({root + inside.path, std::move(inside.message)});
  }
  return problems;
}

void AddUnrelated(Problems more, Problems* problems) {
  std::set<std::string> paths;
  for (const Problem& problem : *problems) paths.insert(problem.path);
  for (Problem& problem : more) {
    if (!IsRelated(problem.path, paths) &&
        !ComparesWith(problem.message, paths)) {
      problems->push_back(std::move(problem));
    }
  }
}

}  // namespace fusebox::internal
