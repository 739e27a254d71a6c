// resolved_problems.cc: reports the problems of a resolved config at the fields
// that the user wrote.

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "fusebox/base/problem.h"
#include "fusebox/config/internal/config_resolver.h"
#include "fusebox/config/internal/message_fields.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/internal/config_check.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {
namespace {

// Returns whether the message gives the field that `path` ("half_open.timeout")
// belongs to.
bool IsGiven(const Message& policy, std::string_view path) {
  const std::string name(path.substr(0, path.find_first_of(".[")));
  const auto* const field = policy.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && IsPresent(policy, *field);
}

// Moves a problem of two fields, whose first one is inherited, to the other.
Problem AtTheOther(Problem problem, const Message& given,
                   const Policy& policy) {
  if (problem.other == "failure_codes") {
    const auto& codes = policy.failure_codes;
    const FieldDescriptor& field = FieldNamed(given, problem.other);
    const auto code = std::find_if(codes.begin(), codes.end(), [&](auto c) {
      return EnumName(field, static_cast<int>(c)) == problem.value;
    });
    return {
        ElementPath("failure_codes", static_cast<size_t>(code - codes.begin())),
        "must not be in {other} too, which are inherited", problem.value,
        "ignored_codes"};
  }
  return {problem.other,
          problem.rule == kAtMostOther ? kAtLeastOther : kAtMostOther,
          problem.other_value, problem.path, problem.value + " and inherited"};
}

// Returns whether `path` is one of `paths`, or inside of one, or around one.
bool IsRelated(const std::string& path, const std::set<std::string>& paths) {
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find_first_of(".[", end + 1);
    if (paths.count(path.substr(0, end)) != 0) return true;
  }
  for (const char* const separator : {".", "["}) {
    const auto inside = paths.lower_bound(path + separator);
    if (inside != paths.end() && absl::StartsWith(*inside, path + separator)) {
      return true;
    }
  }
  return false;
}

// Returns whether the problem depends on the value of a field that is one of
// `paths`, in whichever policy.
bool DependsOn(const Problem& problem, const std::set<std::string>& paths) {
  return !problem.other_value.empty() &&
         std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
           return absl::EndsWith(path, "." + problem.other);
         });
}

}  // namespace

Problems ValidateResolved(const Message& message, const Config& config) {
  const FieldDescriptor& entries = FieldNamed(message, "method_policy");

  const Problems of_default = config.default_policy.Validate();
  return CheckConfig(config, [&](const Policy& policy, int entry) {
    const bool is_default = entry == kDefaultPolicy;
    const Message& holder =
        is_default ? message : GetMessage(message, entries, entry);
    const Message& given = GetMessage(
        holder, FieldNamed(holder, is_default ? "default_policy" : "policy"));
    Problems problems;
    for (Problem& problem : policy.Validate()) {
      if (!IsGiven(given, problem.path)) {
        if (!is_default &&
            std::count(of_default.begin(), of_default.end(), problem) != 0) {
          continue;
        }
        if (IsGiven(given, problem.other)) {
          problem = AtTheOther(std::move(problem), given, policy);
        }
      }
      problems.push_back(std::move(problem));
    }
    return problems;
  });
}

void AddUnrelated(Problems more, Problems* problems) {
  std::set<std::string> paths;
  for (const Problem& problem : *problems) paths.insert(problem.path);
  for (Problem& problem : more) {
    if (!IsRelated(problem.path, paths) && !DependsOn(problem, paths)) {
      problems->push_back(std::move(problem));
    }
  }
}

absl::StatusOr<Config> ConfigUnless(Problems problems, Config config,
                                    Problems* all_problems) {
  absl::StatusOr<Config> result = std::move(config);
  if (!problems.empty()) {
    result = absl::InvalidArgumentError(ToString(problems));
  }
  if (all_problems != nullptr) *all_problems = std::move(problems);
  return result;
}

}  // namespace fusebox::internal
