// config_texts.h: config texts for tests, and what they come to.

#ifndef FUSEBOX_TESTS_CONFIG_CONFIG_TEXTS_H_
#define FUSEBOX_TESTS_CONFIG_CONFIG_TEXTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// The problems that reading a text tells, "path: message" each; without those
// that say only that the breaker does not obey a field yet. It also expects
// that there is a config if and only if there is no problem, that the error
// holds all problems, and that each is one line of UTF-8.
std::vector<std::string> JsonProblems(std::string_view json);
std::vector<std::string> TextprotoProblems(std::string_view textproto);

// A table's row: a text, and the problems that it has.
struct Bad {
  std::string text;
  std::vector<std::string> problems;
};

void ExpectProblems(const std::vector<Bad>& table);

// The same for what stands in the braces of defaultPolicy; the problems are
// without "defaultPolicy." in front.
void ExpectPolicyProblems(const std::vector<Bad>& table);

// "must be OK, CANCELLED, ... or UNAUTHENTICATED, is VALUE"
std::string MustBeACode(const std::string& value);

// What a JSON text comes to; nothing if JsonProblems() finds any.
std::optional<Config> ReadConfig(std::string_view json);

// A config whose defaultPolicy has this in its braces.
std::string InDefaultPolicy(const std::string& fields);

// A config with an entry for service "s" whose policy has this in its braces.
std::string InMethodPolicy(const std::string& fields,
                           const std::string& default_fields = "");

// What such a text comes to; fails the test if it is bad.
Policy DefaultPolicyOf(const std::string& fields);
Policy MethodPolicyOf(const std::string& fields,
                      const std::string& default_fields = "");

// Configs that use every field, and none out of range.
std::vector<std::string> GoodConfigs();

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_CONFIG_CONFIG_TEXTS_H_
