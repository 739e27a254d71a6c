#include "fusebox/policy/config.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "fusebox/base/problem.h"
#include "fusebox/base/text.h"
#include "fusebox/policy/internal/config_check.h"
#include "fusebox/policy/internal/scope.h"
#include "fusebox/policy/policy.h"

namespace fusebox {
namespace {

// Whether `text` consists of identifiers of protobuf, separated by `separator`
// unless that is 0.
bool IsName(const std::string& text, char separator) {
  bool begins = true;  // an identifier
  for (const char c : text) {
    const bool letter =
        absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (separator != 0 && c == separator && !begins) {
      begins = true;
    } else if (letter || (digit && !begins)) {
      begins = false;
    } else {
      return false;
    }
  }
  return text.empty() || !begins;
}

// A text that is no name can match nothing: names are not patterns.
void CheckName(const std::string& path, const MethodName& name,
               Problems* problems) {
  const auto check = [&](const char* field, const std::string& text,
                         char separator, const char* rule) {
    if (IsName(text, separator)) return;
    const bool slash = text.find('/') != std::string::npos;
    problems->push_back(
        {path + field, slash ? "must not contain '/'" : rule, Quoted(text)});
  };
  check(".service", name.service, '.',
        "must be the full name of a service, like shop.v1.Cart");
  check(".method", name.method, 0,
        "must be the name of a method, like Checkout");
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
