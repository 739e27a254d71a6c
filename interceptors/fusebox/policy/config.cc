#include "fusebox/policy/config.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/policy/internal/config_check.h"
#include "fusebox/policy/internal/scope.h"
#include "fusebox/policy/policy.h"

namespace fusebox {
namespace {

// Whether the text may be part of the path of an HTTP/2 request.
bool IsPrintable(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

void CheckName(const std::string& path, const MethodName& name,
               Problems* problems) {
  for (const auto& [field, text] :
       {std::pair(".service", &name.service), {".method", &name.method}}) {
    if (text->find('/') != std::string::npos) {
      problems->push_back(
          {path + field, "must not contain '/'", Quoted(*text)});
    } else if (!IsPrintable(*text)) {
      problems->push_back({path + field,
                           "must be printable ASCII without spaces",
                           Quoted(*text)});
    }
  }
  if (name.service.empty() && !name.method.empty()) {
    problems->push_back({path + ".service", "must be given where a method is",
                         "empty (method " + Quoted(name.method) + ")"});
  }
}

std::string Print(const MethodName& name) {
  if (name.service.empty() && name.method.empty()) return "every method";
  return Quoted(name.service + (name.method.empty() ? "" : "/" + name.method));
}

}  // namespace

bool operator==(const MethodName& a, const MethodName& b) {
  return a.service == b.service && a.method == b.method;
}
bool operator==(const MethodPolicy& a, const MethodPolicy& b) {
  return a.name == b.name && a.policy == b.policy;
}
bool operator==(const Config& a, const Config& b) {
  return a.default_policy == b.default_policy &&
         a.method_policy == b.method_policy;
}
bool operator!=(const Config& a, const Config& b) { return !(a == b); }

Problems Config::Validate() const {
  return internal::CheckConfig(
      *this, [](const Policy& policy, int) { return policy.Validate(); });
}

Problems internal::CheckConfig(const Config& config,
                               const CheckPolicy& check_policy) {
  Problems problems;
  const auto check = [&](const std::string& path, const Policy& policy,
                         int entry) {
    for (Problem& problem : check_policy(policy, entry)) {
      problem.path = path + "." + problem.path;
      problems.push_back(std::move(problem));
    }
  };
  check("default_policy", config.default_policy, kDefaultPolicy);
  std::map<std::pair<std::string, std::string>, std::string> first_path;
  for (size_t i = 0; i < config.method_policy.size(); ++i) {
    const std::string entry = ElementPath("method_policy", i);
    const auto& names = config.method_policy[i].name;
    if (names.empty()) {
      problems.push_back({entry + ".name", "must have at least one entry"});
    }
    for (size_t j = 0; j < names.size(); ++j) {
      const std::string path = ElementPath(entry + ".name", j);
      CheckName(path, names[j], &problems);
      const auto [first, is_new] =
          first_path.insert({{names[j].service, names[j].method}, path});
      if (!is_new) {
        problems.push_back({path, "must be given once, {value} is also {other}",
                            Print(names[j]), first->second});
      }
    }
    check(entry + ".policy", config.method_policy[i].policy,
          static_cast<int>(i));
  }
  CheckScopes(config, &problems);
  return problems;
}

}  // namespace fusebox
